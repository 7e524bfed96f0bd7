#include "policy/solve_language.h"

#include <cctype>

#include "mail/domain.h"
#include "policy/solve_answers.h"

namespace relayproof::policy {
namespace {

using patterns::Language;

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view letters_and_digits = "abcdefghijklmnopqrstuvwxyz0123456789";

// More claims than this are not made into a language.
constexpr std::size_t most_claims = 500;

Language one_of(std::string_view bytes) {
  return Language::one_of([&](unsigned char byte) {
    return bytes.find(static_cast<char>(byte)) != std::string_view::npos;
  });
}

Language many(const Language& of) { return of.repeated(0, {}); }
Language some(const Language& of) { return of.repeated(1, {}); }

Language texts(std::initializer_list<std::string_view> exact) {
  Language all = Language::none();
  for (const auto text : exact) all = all | Language::text(text);
  return all;
}

// The texts whose part is in `parts`. `empty`: whether the empty text is in `parts`.
Language having(Part part, const Language& parts, bool empty) {
  const auto at = Language::text("@");
  switch (part) {
    case Part::whole:
      return parts;
    case Part::local:
      return parts.then(at).then(without_at()) | (parts & without_at());
    case Part::domain:
      return anything().then(at).then(parts & without_at()) |
             (empty ? without_at() : Language::none());
  }
  return anything();
}

bool finds_for_nothing(const Policy& policy, const Wanted& wanted) {
  const auto match = find(policy.tables, policy.lookups.at(wanted.lookup), "");
  return match && match->row.result == wanted.result;
}

Language label() {
  return Language::one_of([](unsigned char byte) {
           return std::isalnum(byte) != 0 || byte == '-' || byte == '_';
         })
      .repeated(1, 63);
}

// Names of two labels and more.
Language owned_name() { return some(label().then(Language::text("."))).then(label()); }

Language address_literal() {
  return Language::text("[")
      .then(many(one_of("0123456789abcdefABCDEF:.IPVipv")))
      .then(Language::text("]"));
}

Language domain_outside(const Policy& policy) {
  const std::vector<std::string> nobodys(mail::unregistrable_names.begin(),
                                         mail::unregistrable_names.end());
  return (owned_name() | address_literal()) &
         ~(at_or_below(policy.answers_for) | at_or_below(nobodys));
}

Language deliverable_address() {
  const auto local = Language::one_of([](unsigned char byte) { return byte != '-'; });
  return local.then(anything())
      .then(Language::text("@"))
      .then(label() | owned_name() | address_literal());
}

// The domain of a subject that is one, or has one.
Language outside_language(const Policy& policy, const Subject& subject) {
  const auto domain = domain_outside(policy);
  if (subject.part == Part::domain) return having(Part::domain, domain, false);
  if (subject.part == Part::local) return anything();
  const bool is_host = subject.field == Field::client_name ||
                       subject.field == Field::reverse_name || subject.field == Field::helo;
  return is_host ? domain : having(Part::domain, domain, false);
}

Language printable() {
  return many(Language::one_of([](unsigned char byte) { return byte >= ' ' && byte <= '~'; }));
}

Language usual_domain() {
  const auto labels =
      many(one_of(letters_and_digits)
               .repeated(1, {})
               .then(many(Language::text("-").then(one_of(letters_and_digits).repeated(1, {}))))
               .then(Language::text(".")));
  return labels.then(texts(
      {"com", "net", "org", "info", "de", "fr", "uk", "nl", "io", "edu", "eu", "example", "test"}));
}

Language example_domain() {
  const auto label = one_of(letters).then(many(one_of(letters_and_digits)));
  return label.then(Language::text(".")).repeated(0, 1).then(Language::text("example.net"));
}

Language usual_local() {
  const auto atom = some(one_of("abcdefghijklmnopqrstuvwxyz0123456789+=_-"));
  return one_of(letters_and_digits)
      .then(many(one_of("abcdefghijklmnopqrstuvwxyz0123456789+=_-")))
      .then(many(Language::text(".").then(atom)));
}

std::vector<Language> usual_addresses() {
  const auto local = usual_local().then(Language::text("@"));
  return {Language::text("someone@").then(example_domain()), local.then(example_domain()),
          Language::text("someone@").then(usual_domain()), local.then(usual_domain()), printable()};
}

}  // namespace

patterns::Language at_or_below(const std::vector<std::string>& names) {
  if (names.size() > most_claims) return Language::none();
  std::vector<Language> all;
  for (const auto& name : names) {
    const auto exactly = Language::text_ignoring_case(name);
    all.push_back(exactly);
    if (!name.starts_with('[')) {
      all.push_back(some(without_at()).then(Language::text(".")).then(exactly));
    }
  }
  return Language::union_of(all);
}

patterns::Language possibly_meeting(const Policy& policy, const Wanted& wanted) {
  switch (wanted.kind) {
    case Wanted::Kind::present:
      break;
    case Wanted::Kind::outside:
      if (wanted.holds) return outside_language(policy, wanted.subject);
      break;
    case Wanted::Kind::deliverable:
      if (wanted.holds && wanted.subject.part == Part::whole) return deliverable_address();
      break;
    case Wanted::Kind::finds: {
      const auto texts =
          texts_finding(policy.tables, policy.lookups.at(wanted.lookup), wanted.result);
      return having(wanted.subject.part, wanted.holds ? texts.upper : ~texts.lower,
                    finds_for_nothing(policy, wanted) == wanted.holds);
    }
  }
  return anything();
}

std::vector<patterns::Language> possibly_meeting_rows(const Policy& policy, const Wanted& wanted,
                                                      std::size_t limit) {
  if (wanted.kind != Wanted::Kind::finds || !wanted.holds) return {};
  auto rows = rows_finding(policy.tables, policy.lookups.at(wanted.lookup), wanted.result, limit);
  const bool empty = finds_for_nothing(policy, wanted);
  for (auto& row : rows) row = having(wanted.subject.part, row, empty);
  return rows;
}

patterns::Language possible_texts(const Policy& policy, Field field) {
  switch (field) {
    case Field::client_name:
      return policy.lets_strangers_own_names ? owned_name()
                                             : owned_name() & ~at_or_below(policy.answers_for);
    case Field::reverse_name:
      return many(label().then(Language::text("."))).then(label());
    case Field::header:
      return anything();
    default:
      // A command ends with its line, and no server sees what is behind a NUL.
      return many(Language::one_of([](unsigned char byte) { return byte != 0 && byte != '\n'; }));
  }
}

std::vector<patterns::Language> usual_texts(Field field) {
  switch (field) {
    case Field::client_name:
    case Field::reverse_name:
    case Field::helo:
      return {Language::text("mail.").then(example_domain()), example_domain(),
              Language::text("mail.").then(usual_domain()), usual_domain(), printable()};
    case Field::sender:
    case Field::recipient:
      return usual_addresses();
    case Field::user:
      return {usual_local(), printable()};
    case Field::header:
      break;
  }
  const auto name = texts({"Subject: ", "To: ", "X-Relay: "}) |
                    Language::text("X-").then(some(one_of(letters))).then(Language::text(": "));
  const auto any_name = some(one_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"));
  return {name.then(printable()), any_name.then(Language::text(": ")).then(printable()),
          printable()};
}

}  // namespace relayproof::policy
