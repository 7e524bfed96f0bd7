#include "policy/candidates.h"

#include "base/text.h"

namespace relayproof::policy {
namespace {

using Texts = std::vector<std::string>;

bool is_host(Field field) {
  return field == Field::client_name || field == Field::reverse_name || field == Field::helo;
}

constexpr std::string_view fresh_name = "a.relayproofq7x2vz.relayproofq7x2vzzone";

Texts local_parts(const TextShape& local) {
  if (local.fixed) return {local.prefix};
  const bool bare = local.prefix.empty() && local.suffix.empty();
  return {local.with(bare ? "someone" : "list"), local.with(fresh_label)};
}

Texts names(const TextShape& name) {
  if (name.fixed) return {name.prefix};
  if (!name.prefix.empty() || !name.suffix.empty()) {
    return {name.with("mail"), name.with("a.b." + std::string(fresh_label))};
  }
  return {"example.net", "example.org", "[198.51.100.25]", std::string(fresh_name)};
}

Texts bare_texts(const TextShape& text, Field field) {
  if (text.fixed || !text.prefix.empty() || !text.suffix.empty()) return names(text);
  auto texts = plausible_texts(field);
  texts.push_back(is_host(field) ? std::string(fresh_name) : std::string(fresh_label));
  return texts;
}

}  // namespace

bool is_fresh(std::string_view key) { return contains_ignoring_case(key, fresh_label); }

bool is_made_up(std::string_view text) { return text.ends_with(fresh_name); }

std::vector<std::string> plausible_texts(Field field) {
  switch (field) {
    case Field::client_name:
      return {"mail.example.net", "mail.example.org", "mail.example.com", "mail.example.info"};
    case Field::reverse_name:
      return {"mail.example.net", "mail.example.org", "localhost"};
    case Field::helo:
      return {"mail.example.net", "mail.example.org", "[198.51.100.25]", "localhost"};
    case Field::sender:
      return {"", "someone@example.net", "relayproof@example.org", "someone@example.com"};
    case Field::recipient:
      return {"someone@example.net", "relayproof@example.org", "someone@example.com",
              "someone@example.info", "postmaster"};
    case Field::user:
      return {"someone", "someone@example.net"};
    case Field::header:
      return {"Subject: relayproof", "To: someone@example.net", "X-Relayproof: yes"};
  }
  return {};
}

std::vector<std::string> representatives(const Shape& shape, Field field) {
  if (!shape.addressed) return bare_texts(shape.local, field);
  Texts texts;
  const auto locals = local_parts(shape.local);
  const auto domains = names(shape.domain);
  for (const auto& domain : domains) texts.push_back(locals.front() + '@' + domain);
  if (locals.size() > 1) texts.push_back(locals.back() + '@' + domains.back());
  return texts;
}

}  // namespace relayproof::policy
