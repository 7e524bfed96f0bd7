#include "net/blocking.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <system_error>
#include <thread>

#include "net/await.h"
#include "net/deadline.h"

namespace relayproof::net {
namespace {

/// Starts the thread; it closes `done` when `call` has returned. The thread knows nothing of the
/// loop, which may be gone by then.
bool start(std::function<void()> call, int done) {
  try {
    std::thread([call = std::move(call), done] {
      call();
      ::close(done);
    }).detach();
    return true;
  } catch (const std::system_error&) {  // no more threads: our failure, told as a value
    ::close(done);
    return false;
  }
}

}  // namespace

Task<bool> run_aside(boost::asio::any_io_executor executor, std::function<void()> call,
                     TimePoint deadline) {
  if (is_past(deadline)) co_return false;
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) co_return false;
  boost::asio::posix::stream_descriptor done(executor, ends[0]);
  if (!start(std::move(call), ends[1])) co_return false;
  const Deadline watch(executor, deadline, [&done] {
    boost::system::error_code ignored;
    done.cancel(ignored);
  });
  const auto [error] =
      co_await done.async_wait(boost::asio::posix::stream_descriptor::wait_read, as_value);
  co_return !error;
}

}  // namespace relayproof::net
