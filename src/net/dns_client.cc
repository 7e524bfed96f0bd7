#include "net/dns_client.h"

#include <unbound.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "net/await.h"
#include "net/deadline.h"
#include "net/system_lookup.h"

namespace relayproof::net {
namespace {

constexpr int internet_class = 1;
constexpr int rcode_name_error = 3;
constexpr std::size_t max_records = 256;  // a foreign zone says how many there are

DnsAnswer no_answer(std::string why) {
  return {.records = {}, .failed = true, .why = std::move(why)};
}

DnsAnswer answer_of(int error, const ub_result* result) {
  if (error != 0 || result == nullptr) return no_answer(ub_strerror(error));
  if (result->rcode != 0 && result->rcode != rcode_name_error) {
    // RFC 1035 4.1.1: 2 is SERVFAIL, by far the most frequent.
    return no_answer(result->rcode == 2
                         ? "the DNS server failed to answer (SERVFAIL)"
                         : "the DNS server answered with error " + std::to_string(result->rcode));
  }
  DnsAnswer answer;
  if (result->havedata == 0) return answer;
  for (std::size_t i = 0; i < max_records && result->data[i] != nullptr; ++i) {
    answer.records.emplace_back(result->data[i], static_cast<std::size_t>(result->len[i]));
  }
  return answer;
}

struct Question {
  Question(const boost::asio::any_io_executor& executor, TimePoint deadline)
      : wait(executor, deadline) {}

  boost::asio::steady_timer wait;  ///< expires at the deadline, cancelled by the answer
  std::optional<DnsAnswer> answer;
};

struct DeleteContext {
  void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
};
using Context = std::unique_ptr<ub_ctx, DeleteContext>;

class UnboundClient final : public DnsClient, public std::enable_shared_from_this<UnboundClient> {
 public:
  UnboundClient(const boost::asio::any_io_executor& executor, Context context, std::string unusable)
      : context_(std::move(context)),
        answers_(executor, ub_fd(context_.get())),
        unusable_(std::move(unusable)) {}
  ~UnboundClient() override { answers_.release(); }  // the descriptor is libunbound's
  UnboundClient(const UnboundClient&) = delete;
  UnboundClient& operator=(const UnboundClient&) = delete;

  Task<DnsAnswer> ask(std::string name, RecordType type, TimePoint deadline) override {
    return ask(shared_from_this(), std::move(name), type, deadline);
  }

 private:
  class Asking;

  static Task<DnsAnswer> ask(std::shared_ptr<UnboundClient> self, std::string name, RecordType type,
                             TimePoint deadline);
  static Task<void> pass_on_answers(std::shared_ptr<UnboundClient> self);

  Context context_;
  boost::asio::posix::stream_descriptor answers_;
  std::string unusable_;
  std::size_t open_questions_ = 0;
  bool passing_on_ = false;
};

void on_answer(void* data, int error, ub_result* result) {
  auto* question = static_cast<Question*>(data);
  question->answer = answer_of(error, result);
  ub_resolve_free(result);
  question->wait.cancel();
}

/// A question under way. Its end takes it back from libunbound, which then forgets the Question.
class UnboundClient::Asking {
 public:
  Asking(UnboundClient& client, Question* question, const std::string& name, RecordType type)
      : client_(client) {
    error_ = ub_resolve_async(client.context_.get(), name.c_str(), static_cast<int>(type),
                              internet_class, question, on_answer, &id_);
    if (error_ == 0) ++client_.open_questions_;
  }
  ~Asking() {
    if (error_ != 0) return;
    ub_cancel(client_.context_.get(), id_);  // harmless if it has been answered
    boost::system::error_code ignored;
    if (--client_.open_questions_ == 0) client_.answers_.cancel(ignored);
  }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

  int error() const { return error_; }

 private:
  UnboundClient& client_;
  int id_ = 0;
  int error_ = 0;
};

Task<DnsAnswer> UnboundClient::ask(std::shared_ptr<UnboundClient> self, std::string name,
                                   RecordType type, TimePoint deadline) {
  if (!self->unusable_.empty()) co_return no_answer(self->unusable_);
  if (is_past(deadline)) co_return no_answer(no_answer_in_time);
  const auto executor = self->answers_.get_executor();
  Question question(executor, deadline);
  const Asking asking(*self, &question, name, type);
  if (asking.error() != 0) co_return no_answer(ub_strerror(asking.error()));
  if (!self->passing_on_) {
    self->passing_on_ = true;
    boost::asio::co_spawn(executor, pass_on_answers(self), boost::asio::detached);
  }
  while (!question.answer) {
    const auto [cancelled] = co_await question.wait.async_wait(as_value);
    if (!cancelled) break;
  }
  if (!question.answer) co_return no_answer(no_answer_in_time);
  co_return std::move(*question.answer);
}

Task<void> UnboundClient::pass_on_answers(std::shared_ptr<UnboundClient> self) {
  using boost::asio::posix::stream_descriptor;
  while (self->open_questions_ > 0) {
    const auto [error] = co_await self->answers_.async_wait(stream_descriptor::wait_read, as_value);
    if (!error) ub_process(self->context_.get());
  }
  self->passing_on_ = false;
}

struct Option {
  const char* name;
  const char* value;
};

constexpr Option options[] = {
    {"module-config:", "iterator"},     // nothing is validated: no trust anchor, no clock
    {"do-not-query-localhost:", "no"},  // a resolver on loopback is the usual case
    {"unblock-lan-zones:", "yes"},      // PTR of private addresses: the resolver knows them
};

// libunbound answers for these by itself, with loopback or "no such name"; a private network may
// use them. What stays are `invalid` (RFC 6761 6.4) and `onion` (RFC 7686).
constexpr const char* names_to_ask_for[] = {
    "localhost.", "test.", "home.arpa.", "127.in-addr.arpa.",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa."};

int configure(ub_ctx* context) {
  int error = ub_ctx_debugout(context, nullptr);
  for (const Option& option : options) {
    if (error == 0) error = ub_ctx_set_option(context, option.name, option.value);
  }
  if (error == 0) error = ub_ctx_async(context, 1);
  return error;
}

/// Settles the context: it takes no options afterwards.
int open_reserved_names(ub_ctx* context) {
  int error = 0;
  for (const char* name : names_to_ask_for) {
    if (error == 0) error = ub_ctx_zone_remove(context, name);
  }
  return error;
}

}  // namespace

Result<std::shared_ptr<DnsClient>> DnsClient::make(const boost::asio::any_io_executor& executor,
                                                   const std::optional<Endpoint>& resolver) {
  Context context(ub_ctx_create());
  if (!context) return failure("cannot set up libunbound");
  int error = configure(context.get());
  std::string unusable;
  if (error == 0 && resolver) {
    const std::string server = resolver->address.to_string() + "@" + std::to_string(resolver->port);
    error = ub_ctx_set_fwd(context.get(), server.c_str());
  } else if (error == 0 && ub_ctx_resolvconf(context.get(), nullptr) != 0) {
    unusable = "/etc/resolv.conf cannot be read";
  }
  if (error == 0) error = open_reserved_names(context.get());
  if (error != 0) return failure(std::string("cannot set up libunbound: ") + ub_strerror(error));
  return std::make_shared<UnboundClient>(executor, std::move(context), std::move(unusable));
}

}  // namespace relayproof::net
