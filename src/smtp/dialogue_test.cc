// Every testdata/*.smtp is played to the end; then cut at every byte, and hung up after every one.
#include "support/dialogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <sstream>

#include "base/text.h"
#include "smtp/session.h"
#include "support/golden.h"

namespace relayproof::smtp {
namespace {

using testing_support::Dialogue;
using testing_support::Step;

constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

enum class HangUp { closed, timed_out };

// When the client's bytes are written: after each piece that came, or when the server has finished.
enum class Writes { at_once, in_turn };

// How a dialogue is played. Operations are the server's bytes and the events, counted from 1.
struct Manner {
  std::function<bool(std::size_t operation)> cut_after = [](std::size_t) { return false; };
  Writes writes = Writes::in_turn;
  std::size_t hang_up_after = never;
  HangUp how = HangUp::closed;
};

mail::Attempt attempt_of(std::string_view text) {
  const std::size_t arrow = text.find(" -> ");
  if (arrow == std::string_view::npos) ADD_FAILURE() << "no arrow in " << text;
  return {"", std::string(text.substr(0, arrow)), std::string(text.substr(arrow + 4))};
}

std::vector<std::vector<mail::Attempt>> asks_of(const Dialogue& dialogue) {
  std::vector<std::vector<mail::Attempt>> asks;
  for (const auto& [name, value] : dialogue.settings) {
    if (name == "ask") asks.emplace_back();
    if (name == "ask" || name == "and") asks.back().push_back(attempt_of(value));
  }
  return asks;
}

SessionOptions options_of(const Dialogue& dialogue) {
  SessionOptions options{.helo = dialogue.setting("helo", "probe.example")};
  options.starttls = dialogue.setting("starttls", "no") == "yes";
  options.pipelining = dialogue.setting("pipelining", "yes") == "yes";
  options.phase = dialogue.setting("phase", "rcpt") == "data" ? Phase::data : Phase::rcpt;
  Limits& limits = options.limits;
  limits.line_bytes = std::stoul(dialogue.setting("line bytes", "4096"));
  limits.reply_lines = std::stoul(dialogue.setting("reply lines", "128"));
  limits.session_bytes = std::stoul(dialogue.setting("session bytes", "524288"));
  return options;
}

class Player {
 public:
  Player(const Dialogue& dialogue, Manner manner)
      : dialogue_(dialogue),
        manner_(std::move(manner)),
        session_(options_of(dialogue)),
        asks_(asks_of(dialogue)) {}

  void play() {
    for (const Step& step : dialogue_.steps) {
      if (step.by == Step::By::client) expected_ += step.bytes;
      if (step.by == Step::By::server) hear(step.bytes);
      if (step.by == Step::By::event) happen(step.bytes);
      if (hung_up_) return;
    }
    write();
  }

  const Record& record() const { return session_.record(); }
  const std::vector<Answers>& answers_before_hang_up() const { return before_; }
  std::size_t operations() const { return operations_; }
  std::size_t ended_after() const { return ended_after_; }
  const std::string& written() const { return written_; }
  const std::string& expected() const { return expected_; }

 private:
  void hear(std::string_view bytes) {
    write();
    std::size_t begin = 0;
    for (std::size_t end = 1; end <= bytes.size() && !hung_up_; ++end) {
      ++operations_;
      const bool stops = operations_ == manner_.hang_up_after;
      if (end < bytes.size() && !stops && !manner_.cut_after(operations_)) continue;
      session_.receive(bytes.substr(begin, end - begin));
      begin = end;
      note_ending();
      if (manner_.writes == Writes::at_once || end == bytes.size()) write();
      if (stops) hang_up();
    }
  }

  void happen(const std::string& event) {
    write();
    ++operations_;
    if (event == "closed") session_.closed_by_peer();
    if (event == "timed out") session_.timed_out();
    if (event == "tls") session_.tls_started();
    if (event == "tls failed") session_.tls_failed("handshake failure");
    note_ending();
    write();
    if (operations_ == manner_.hang_up_after) hang_up();
  }

  void hang_up() {
    before_ = record().answers;
    hung_up_ = true;
    if (manner_.how == HangUp::closed) session_.closed_by_peer();
    if (manner_.how == HangUp::timed_out) session_.timed_out();
  }

  void write() {
    while (session_.idle()) {
      if (next_ask_ < asks_.size()) {
        session_.ask(asks_[next_ask_++]);
      } else {
        session_.quit();
      }
      written_ += session_.take_output();
    }
    written_ += session_.take_output();
    note_ending();
  }

  void note_ending() {
    if (session_.ended() && ended_after_ == never) ended_after_ = operations_;
  }

  const Dialogue& dialogue_;
  Manner manner_;
  Session session_;
  std::vector<std::vector<mail::Attempt>> asks_;
  std::size_t next_ask_ = 0;
  std::size_t operations_ = 0;
  std::size_t ended_after_ = never;
  bool hung_up_ = false;
  std::string written_;
  std::string expected_;
  std::vector<Answers> before_;
};

std::string print(const mail::Reply& reply) { return escape_foreign(in_one_line(reply), 100); }

std::string print(const Answers& answers) {
  std::string text = escape_foreign(answers.attempt.mail_from) + " -> " +
                     escape_foreign(answers.attempt.rcpt_to) + ":";
  for (const auto* reply : {&answers.mail, &answers.rcpt, &answers.data}) {
    if (*reply) text += " [" + print(**reply) + "]";
  }
  return text + (answers.complete ? "" : " not answered");
}

// What a golden file holds: without the transcript, which would repeat the script.
std::string print(const Record& record) {
  std::string text;
  const auto add = [&](const std::string& line) { text += "=> " + line + "\n"; };
  add(std::string(to_string(record.ending)) + ": " + escape_foreign(record.ending_detail, 100));
  if (record.tls) add("tls");
  if (record.used_helo) add("helo");
  for (const std::string& extension : record.extensions) add("offers " + escape_foreign(extension));
  for (const Answers& answers : record.answers) add(print(answers));
  for (const std::string& oddity : record.oddities) add("odd: " + oddity);
  add("round trips: " + std::to_string(record.round_trips));
  return text;
}

std::string print_all(const Record& record) {
  std::string text = print(record);
  for (const Line& line : record.transcript) {
    text += (line.from_server ? "S: " : "C: ") + escape_foreign(line.bytes) + "\n";
  }
  return text;
}

Record played(const Dialogue& dialogue, Manner manner) {
  Player player(dialogue, std::move(manner));
  player.play();
  return player.record();
}

// What a dialogue has come to when it stops after some operations, read from the script alone.
struct Situation {
  std::string heard;
  std::string heard_since_command;
  std::string last_command;

  std::string_view partial() const {
    const std::size_t end = heard.rfind('\n');
    return std::string_view(heard).substr(end == std::string::npos ? 0 : end + 1);
  }
  // The last line that ends a reply, if no line of another one has come since.
  std::string last_reply() const {
    std::istringstream lines(heard.substr(0, heard.size() - partial().size()));
    std::string last;
    for (std::string line; std::getline(lines, line);) {
      last = line.size() > 3 && line[3] == '-' ? "" : line;
    }
    return last;
  }
  bool greeted() const {
    std::istringstream lines(heard.substr(0, heard.size() - partial().size()));
    for (std::string line; std::getline(lines, line);) {
      if (line.size() < 4 || line[3] != '-') return true;
    }
    return false;
  }
  bool partial_is_garbage() const {
    const std::string_view digits = "0123456789";
    for (std::size_t i = 0; i < std::min<std::size_t>(partial().size(), 3); ++i) {
      if (digits.find(partial()[i]) == std::string_view::npos) return true;
    }
    return !partial().empty() && (partial()[0] < '2' || partial()[0] > '5');
  }
};

Situation situation_after(const Dialogue& dialogue, std::size_t operations) {
  Situation now;
  for (const Step& step : dialogue.steps) {
    if (operations == 0 && step.by != Step::By::client) break;
    if (step.by == Step::By::client) {
      now.last_command = step.bytes;
      now.heard_since_command.clear();
    }
    if (step.by == Step::By::server) {
      const std::size_t heard = std::min(operations, step.bytes.size());
      now.heard += step.bytes.substr(0, heard);
      now.heard_since_command += step.bytes.substr(0, heard);
      operations -= heard;
      if (heard < step.bytes.size()) break;
    }
    if (step.by == Step::By::event) {
      --operations;
    }
  }
  return now;
}

Ending expected_ending(const Situation& now, HangUp how) {
  const bool waits_for_tls = now.last_command == "STARTTLS\r\n" &&
                             now.heard_since_command.starts_with("220 ") &&
                             now.heard_since_command.find('\n') != std::string::npos;
  if (waits_for_tls) return Ending::starttls_refused;
  if (how == HangUp::closed && now.last_command == "QUIT\r\n") return Ending::quit;
  if (now.partial_is_garbage()) return Ending::not_smtp;
  if (!now.greeted()) return Ending::no_greeting;
  if (how == HangUp::timed_out) return Ending::timed_out;
  const bool with_554 = now.partial().empty() && now.last_reply().starts_with("554");
  return with_554 ? Ending::service_closing : Ending::closed_by_peer;
}

class Dialogues : public testing::TestWithParam<std::string> {
 protected:
  const Dialogue dialogue_ = testing_support::read_dialogue(GetParam());
};

TEST_P(Dialogues, GoesAsWritten) {
  Player player(dialogue_, {});
  player.play();
  EXPECT_EQ(player.written(), player.expected());
  EXPECT_NE(player.record().ending, Ending::not_ended);
  EXPECT_TRUE(
      testing_support::matches_golden(dialogue_.script + print(player.record()), GetParam()));
}

TEST_P(Dialogues, IsTheSameCutAtAnyByte) {
  Player whole(dialogue_, {});
  whole.play();
  const std::string expected = print_all(whole.record());
  for (std::size_t cut = 1; cut <= whole.operations(); ++cut) {
    const Manner manner{.cut_after = [&](std::size_t at) { return at == cut; }};
    ASSERT_EQ(print_all(played(dialogue_, manner)), expected) << "cut after " << cut;
  }
}

TEST_P(Dialogues, IsTheSameByteByByte) {
  const std::string expected = print_all(played(dialogue_, {}));
  const auto everywhere = [](std::size_t) { return true; };
  EXPECT_EQ(print_all(played(dialogue_, {.cut_after = everywhere})), expected);
  // A reply nobody asked for looks like the next one if we spoke in between: then no one can tell.
  if (dialogue_.setting("unasked", "no") == "yes") return;
  const Manner at_once{.cut_after = everywhere, .writes = Writes::at_once};
  EXPECT_EQ(print_all(played(dialogue_, at_once)), expected);
}

bool absent_or_same(const std::optional<mail::Reply>& one,
                    const std::optional<mail::Reply>& whole) {
  return !one || one == whole;
}

void expect_same_as_far_as_heard(const Player& stopped, const Record& whole) {
  const std::vector<Answers>& answers = stopped.record().answers;
  ASSERT_EQ(answers.size(), stopped.answers_before_hang_up().size());
  ASSERT_LE(answers.size(), whole.answers.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(print(answers[i]), print(stopped.answers_before_hang_up()[i]));
    EXPECT_TRUE(absent_or_same(answers[i].mail, whole.answers[i].mail));
    EXPECT_TRUE(absent_or_same(answers[i].rcpt, whole.answers[i].rcpt));
    EXPECT_TRUE(absent_or_same(answers[i].data, whole.answers[i].data));
  }
}

TEST_P(Dialogues, EndsRightWhereverItStops) {
  // Byte by byte, so that it is known after which one it has ended.
  Player whole(dialogue_, {.cut_after = [](std::size_t) { return true; }});
  whole.play();
  for (const HangUp how : {HangUp::closed, HangUp::timed_out}) {
    for (std::size_t stop = 1; stop <= whole.operations(); ++stop) {
      SCOPED_TRACE(testing::Message() << "stop after " << stop << " of " << whole.operations());
      Player stopped(dialogue_, {.hang_up_after = stop, .how = how});
      stopped.play();
      const Ending expected = stop >= whole.ended_after()
                                  ? whole.record().ending
                                  : expected_ending(situation_after(dialogue_, stop), how);
      ASSERT_EQ(to_string(stopped.record().ending), to_string(expected));
      expect_same_as_far_as_heard(stopped, whole.record());
    }
  }
}

std::string name_of(const testing::TestParamInfo<std::string>& info) {
  const std::size_t begin = info.param.rfind('/') + 1;
  std::string name = info.param.substr(begin, info.param.rfind('.') - begin);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Files, Dialogues,
                         testing::ValuesIn(testing_support::files_in(RELAYPROOF_SOURCE_DIR
                                                                     "/src/smtp/testdata",
                                                                     ".smtp")),
                         name_of);

}  // namespace
}  // namespace relayproof::smtp
