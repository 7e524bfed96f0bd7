// One question to a server: a technique or a control, ready to be asked.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mail/attempt.h"
#include "smtp/session.h"
#include "techniques/technique.h"

namespace relayproof::probe {

/// What fills the holes of a question: a random local part of its own, and values that many
/// questions of a door share.
class Filling {
 public:
  Filling() = default;
  // Not explicit: a Fill is one whose values nobody shares.
  Filling(techniques::Fill with)  // NOLINT(google-explicit-constructor)
      : token(with.token), values_(std::make_shared<techniques::Fill>(std::move(with))) {}
  Filling(std::shared_ptr<techniques::Fill> values, std::string local_part)
      : token(std::move(local_part)), values_(std::move(values)) {}

  /// All of it, until another question that shares the values asks for its own.
  const techniques::Fill& all() const {
    values_->token = token;
    return *values_;
  }

  std::string token;

 private:
  std::shared_ptr<techniques::Fill> values_;
};

struct Question {
  std::string name;
  const techniques::Technique* technique = nullptr;  ///< nullptr: a control
  techniques::HeloForm helo = techniques::HeloForm::ours;
  techniques::Prelude prelude = techniques::Prelude::none;
  /// To try in this order; the first is asked now. They live as long as the battery's options.
  std::vector<std::string_view> sender_forms;
  std::string recipient_form;
  std::string first_form;  ///< of a recipient named before; empty: none
  Filling fill;
  bool lock_step = false;  ///< malformed: apart from the others
  smtp::Phase phase = smtp::Phase::rcpt;
  int cut = 0;           ///< how often the server hung up on it
  bool retried = false;  ///< after "too much"
  bool doubted = false;  ///< taken in a session that could not ask on: once more
  std::string token;     ///< of the message that was made for a control

  mail::Attempt attempt(const std::string& helo_argument) const;
};

/// Sender forms of the plan itself, in the order in which they stand in for a refused one.
inline constexpr std::string_view null_sender = "<>";
inline constexpr std::string_view postmaster_sender = "<postmaster@{D}>";
inline constexpr std::string_view operator_sender = "<{from}>";

/// A bounce to this sender form would go to a domain that is neither ours nor the server's.
bool names_a_third_party(std::string_view sender_form);

/// A server may count a sender of this form as a violation of the syntax: Exim does one with an
/// address literal, or without brackets.
bool may_be_malformed(std::string_view sender_form);

/// The technique with its own sender first, then the plan's own; a form that lacks a value in
/// `fill` is left out.
Question ask_technique(const techniques::Technique& technique, const Filling& fill);
/// A control with the plan's own senders.
Question ask_control(std::string name, std::string recipient_form, const Filling& fill);
/// The harmless twin of an accepted question, from the sender with which that was accepted.
Question ask_twin(const Question& accepted, const Filling& fill);

}  // namespace relayproof::probe
