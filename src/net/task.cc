#include "net/task.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <memory>
#include <utility>

#include "net/await.h"

namespace relayproof::net {
namespace {

struct Batch {
  Batch(const boost::asio::any_io_executor& executor, std::vector<Task<void>> all)
      : tasks(std::move(all)), finished(executor, boost::asio::steady_timer::time_point::max()) {}

  std::vector<Task<void>> tasks;
  std::size_t next = 0;
  std::size_t workers = 0;
  std::exception_ptr thrown;           ///< the first one
  boost::asio::steady_timer finished;  ///< never expires: cancelled by the last worker
};

Task<void> work(std::shared_ptr<Batch> batch) {
  while (batch->next < batch->tasks.size()) {
    Task<void> task = std::move(batch->tasks[batch->next]);
    ++batch->next;
    try {
      co_await std::move(task);
    } catch (...) {
      if (!batch->thrown) batch->thrown = std::current_exception();
    }
  }
  if (--batch->workers == 0) batch->finished.cancel();
}

}  // namespace

Task<void> all(std::vector<Task<void>> tasks, std::size_t limit) {
  const auto executor = co_await boost::asio::this_coro::executor;
  const std::size_t workers = std::min(std::max<std::size_t>(limit, 1), tasks.size());
  const auto batch = std::make_shared<Batch>(executor, std::move(tasks));
  batch->workers = workers;
  for (std::size_t i = 0; i < workers; ++i) {
    boost::asio::co_spawn(executor, work(batch), boost::asio::detached);
  }
  while (batch->workers > 0) co_await batch->finished.async_wait(as_value);
  if (batch->thrown) std::rethrow_exception(batch->thrown);
}

}  // namespace relayproof::net
