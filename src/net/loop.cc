#include "net/loop.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <memory>
#include <stdexcept>

namespace relayproof::net {

void Loop::run_to_the_end(Task<void> task) {
  struct Outcome {
    bool ended = false;
    std::exception_ptr thrown;
  };
  const auto outcome = std::make_shared<Outcome>();
  boost::asio::co_spawn(context_, std::move(task), [this, outcome](std::exception_ptr thrown) {
    outcome->thrown = std::move(thrown);
    outcome->ended = true;
    context_.stop();
  });
  context_.restart();
  context_.run();
  if (outcome->thrown) std::rethrow_exception(outcome->thrown);
  if (!outcome->ended) throw std::logic_error("a task waits for something that nobody will do");
}

}  // namespace relayproof::net
