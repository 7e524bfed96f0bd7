#include "policy/solve_rewritten.h"

#include <algorithm>

#include "base/text.h"
#include "policy/facts_of.h"
#include "policy/part.h"
#include "policy/solve_answers.h"

namespace relayproof::policy {
namespace {

using patterns::Language;
using Template = Transform::Template;
using Of = Template::Hole::Of;
using Texts = std::vector<std::string>;

constexpr std::size_t most_texts = 1000;
constexpr std::size_t most_domains = 30;

// Of names; nothing in them is an operator of addresses.
constexpr std::string_view plain_bytes =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

// What a hole can be filled with, if that is certain.
std::optional<Texts> fillings(const Policy& policy, const Template& form,
                              const Template::Hole& hole) {
  if (hole.of != Of::capture) return std::nullopt;
  if (!form.pattern) return Texts{""};
  const auto& pattern = policy.patterns.at(*form.pattern);
  if (hole.group > pattern.groups()) return Texts{""};
  Texts texts;
  if (!pattern.captures_only(hole.group, texts)) return std::nullopt;
  texts.emplace_back();  // it took no part
  return texts;
}

Language of_texts(const Texts& texts) {
  std::vector<Language> all;
  for (const auto& text : texts) all.push_back(Language::text(text));
  return Language::union_of(all);
}

// The pieces in all combinations; nullopt if there are too many.
std::optional<Texts> filled(const Policy& policy, const Template& form) {
  Texts all = {""};
  for (const auto& piece : form.pieces) {
    const auto parts = piece.hole ? fillings(policy, form, *piece.hole) : Texts{piece.text};
    if (!parts || parts->size() * all.size() > most_texts) return std::nullopt;
    Texts longer;
    for (const auto& text : all) {
      for (const auto& part : *parts) longer.push_back(text + part);
    }
    all = std::move(longer);
  }
  return all;
}

// The domains that a template can give; nullopt if they are many, or if it may give none.
std::optional<Texts> domains_of(const Policy& policy, const Template& form) {
  auto piece = form.pieces.rbegin();
  Texts domains = {""};  // built from its end
  for (; piece != form.pieces.rend(); ++piece) {
    const auto parts = piece->hole ? fillings(policy, form, *piece->hole) : Texts{piece->text};
    if (!parts || parts->size() * domains.size() > most_domains) return std::nullopt;
    Texts longer;
    for (const auto& part : *parts) {
      for (const auto& domain : domains) longer.push_back(part + domain);
    }
    domains = std::move(longer);
    if (!piece->hole && piece->text.find('@') != std::string::npos) break;
  }
  if (piece == form.pieces.rend()) return std::nullopt;
  for (auto& domain : domains) domain = part_of(domain, Part::domain);
  return domains;
}

// Whether a program leaves addresses in this domain there, odd local parts included.
bool keeps_domain(const Policy& policy, const std::string& program, const std::string& domain) {
  if (program.empty()) return true;
  const auto locals = {"someone", "a%b",     "a!b",     "a@b",     "",        "a b",
                       "@a:b",    "a%b@c.d", "c.d!a@b", "\"a%b\"", "\"a@b\"", "@c.d:a%b"};
  return domain.find('.') != std::string::npos &&
         domain.find_first_not_of(plain_bytes) == std::string::npos &&
         std::ranges::all_of(locals, [&](const std::string& local) {
           const auto address = local + '@' + domain;
           const auto result = policy.addresses.transform(program, address);
           return equals_ignoring_case(part_of(result, Part::domain), domain);
         });
}

bool keeps_domains(const Policy& policy, const std::string& program, const Texts& domains) {
  return std::ranges::all_of(
      domains, [&](const std::string& domain) { return keeps_domain(policy, program, domain); });
}

// All addresses there, in whatever case.
Language in_domains(const Texts& domains) {
  std::vector<Language> all;
  for (const auto& domain : domains) all.push_back(Language::text_ignoring_case('@' + domain));
  return anything().then(Language::union_of(all));
}

Language language_of(const Policy& policy, const Template& form) {
  Language all = Language::text("");
  for (const auto& piece : form.pieces) {
    if (!piece.hole) {
      all = all.then(Language::text(piece.text));
    } else if (const auto texts = fillings(policy, form, *piece.hole)) {
      all = all.then(of_texts(*texts));
    } else {
      all = all.then(piece.hole->of == Of::domain ? without_at() : anything());
    }
  }
  return all;
}

Texts completed(const Policy& policy, const std::string& completed_by, Texts texts) {
  if (completed_by.empty()) return texts;
  for (auto& text : texts) text = policy.addresses.transform(completed_by, text);
  return texts;
}

// Of texts that are not few. The program behind a template, or one that stands alone, may change
// what stands before the @, but the domain stays where all domains do.
void advance_language(const Policy& policy, const Transform& transform, RewrittenRange& range) {
  const auto* form = transform.rewritten ? &*transform.rewritten : nullptr;
  const std::string& program = form ? form->completed_by : transform.named->name;
  if (form) range.domains = domains_of(policy, *form);
  range.language = form && program.empty() ? language_of(policy, *form) : anything();
  if (program.empty() || !range.domains) return;
  if (keeps_domains(policy, program, *range.domains)) {
    range.language = in_domains(*range.domains);
  } else {
    range.domains.reset();
  }
}

void advance(const Policy& policy, const Transform& transform, RewrittenRange& range) {
  if (range.texts) {
    for (auto& text : *range.texts) text = transformed(policy, transform, text);
    return;
  }
  if (transform.rewritten) range.texts = filled(policy, *transform.rewritten);
  if (range.texts) {
    range.texts = completed(policy, transform.rewritten->completed_by, *std::move(range.texts));
  } else {
    advance_language(policy, transform, range);
  }
}

const Template* first_template(const Policy& policy, const std::vector<std::uint32_t>& via) {
  for (const auto index : via) {
    const auto& transform = policy.transforms.at(index);
    if (transform.rewritten) return &*transform.rewritten;
  }
  return nullptr;
}

// What a hole must hold so that the template gives `wanted`: what is left when the texts before and
// behind it are taken away, up to the @ of the address where that is a text of the template.
std::string held(const Template& form, std::size_t index, std::string_view wanted) {
  const auto has_at = [](const Template::Piece& piece) {
    return !piece.hole && piece.text.find('@') != std::string::npos;
  };
  const auto here = form.pieces.begin() + static_cast<std::ptrdiff_t>(index);
  const bool behind_at = std::any_of(form.pieces.begin(), here, has_at);
  const bool before_at = std::any_of(here, form.pieces.end(), has_at);
  if (behind_at) return std::string(part_of(wanted, Part::domain));
  if (before_at) return std::string(part_of(wanted, Part::local));
  return std::string(wanted);
}

}  // namespace

RewrittenRange range_of(const Policy& policy, const std::vector<std::uint32_t>& via) {
  RewrittenRange range;
  for (const auto index : via) advance(policy, policy.transforms.at(index), range);
  return range;
}

std::vector<std::string> captured_in(const Policy& policy, const std::vector<std::uint32_t>& via,
                                     std::string_view wanted, std::size_t limit) {
  Texts texts;
  const auto* form = first_template(policy, via);
  if (form == nullptr || !form->pattern) return texts;
  const auto& pattern = policy.patterns.at(*form->pattern);
  // The domain is chosen last in most templates, and it matters most.
  for (std::size_t index = form->pieces.size(); index-- > 0;) {
    const auto& hole = form->pieces[index].hole;
    if (!hole || hole->of != Of::capture || hole->group > pattern.groups()) continue;
    auto found = pattern.subjects_capturing(hole->group, held(*form, index, wanted), limit);
    std::ranges::move(found, std::back_inserter(texts));
  }
  return texts;
}

patterns::Language copied_from(const Policy& policy, const std::vector<std::uint32_t>& via,
                               std::string_view wanted) {
  Language texts = anything();
  const auto* form = first_template(policy, via);
  if (form == nullptr) return Language::text_ignoring_case(wanted);
  for (std::size_t index = 0; index < form->pieces.size(); ++index) {
    const auto& hole = form->pieces[index].hole;
    if (!hole) continue;
    const auto part = Language::text_ignoring_case(held(*form, index, wanted));
    switch (hole->of) {
      case Of::capture:
        texts = texts & anything().then(part).then(anything());
        break;
      case Of::local:
        texts = texts & (part | part.then(Language::text("@")).then(without_at()));
        break;
      case Of::domain:
        texts = texts & anything().then(Language::text("@")).then(part);
        break;
      case Of::whole:
        texts = texts & part;
    }
  }
  return texts;
}

std::vector<std::string> nested(const Policy& policy, std::string_view address) {
  constexpr std::size_t most_hosts = 5;
  const std::string local(part_of(address, Part::local));
  const std::string domain(part_of(address, Part::domain));
  Texts inner = {local + '%' + domain, domain + '!' + local, std::string(address)};
  Texts texts = {inner[0], inner[1]};
  for (std::size_t host = 0; host < std::min(most_hosts, policy.answers_for.size()); ++host) {
    for (const auto& text : inner) texts.push_back(text + '@' + policy.answers_for[host]);
  }
  return texts;
}

}  // namespace relayproof::policy
