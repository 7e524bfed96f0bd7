#include "probe/question.h"

#include <algorithm>

namespace relayproof::probe {
namespace {

std::vector<std::string_view> senders(std::string_view first, const techniques::Fill& fill) {
  std::vector<std::string_view> forms;
  for (const std::string_view form : {first, null_sender, operator_sender, postmaster_sender}) {
    const bool known = std::find(forms.begin(), forms.end(), form) != forms.end();
    if (!known && !form.empty() && !techniques::lacks(form, fill)) forms.emplace_back(form);
  }
  return forms;
}

}  // namespace

bool may_be_malformed(std::string_view sender_form) {
  return sender_form.find("{L}") != std::string_view::npos || sender_form.empty() ||
         sender_form.front() != '<';
}

mail::Attempt Question::attempt(const std::string& helo_argument) const {
  const techniques::Fill& with = fill.all();
  return {helo_argument, techniques::fill(sender_forms.front(), with),
          techniques::fill(recipient_form, with), techniques::fill(first_form, with)};
}

bool names_a_third_party(std::string_view sender_form) {
  const std::size_t at = sender_form.rfind('@');
  if (at == std::string_view::npos) return false;
  const std::string_view domain = sender_form.substr(at + 1);
  return domain.find('.') != std::string_view::npos && domain.find('{') == std::string_view::npos &&
         !domain.starts_with('[') && domain.find(".localdomain") == std::string_view::npos;
}

Question ask_technique(const techniques::Technique& technique, const Filling& fill) {
  Question question;
  question.name = technique.name;
  question.technique = &technique;
  question.helo = technique.helo;
  question.prelude = technique.prelude;
  question.sender_forms = senders(technique.mail_from, fill.all());
  question.recipient_form = technique.rcpt_to;
  question.first_form = technique.first_rcpt;
  question.fill = fill;
  question.lock_step = technique.malformed || may_be_malformed(question.sender_forms.front());
  return question;
}

Question ask_control(std::string name, std::string recipient_form, const Filling& fill) {
  Question question;
  question.name = std::move(name);
  question.sender_forms = senders({}, fill.all());
  question.recipient_form = std::move(recipient_form);
  question.fill = fill;
  return question;
}

Question ask_twin(const Question& accepted, const Filling& fill) {
  Question question;
  question.name = "twin:" + accepted.name;
  question.helo = accepted.helo;
  question.prelude = accepted.prelude;
  question.sender_forms = accepted.sender_forms;
  question.recipient_form = accepted.technique->twin;
  question.fill = fill;
  question.lock_step = accepted.lock_step;
  return question;
}

}  // namespace relayproof::probe
