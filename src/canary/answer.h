// What a canary answers to VRFY with a token (RFC 5321 3.5), and how a prober reads it.
#pragma once

#include <optional>

#include "canary/arrivals.h"
#include "mail/reply.h"

namespace relayproof::canary {

/// 250 and what is known of it, a line each; 252 where nothing came yet.
mail::Reply answer_about(const Arrival* arrival);

/// The arrival as far as the reply tells it, its token and errand excepted; nullopt where nothing
/// came, or the reply is none of a canary.
std::optional<Arrival> read_answer(const mail::Reply& reply);

/// What a token is for that only asks whether the canary has our key.
Errand greeting_errand();

enum class Standing { ready, other_key, no_canary };

mail::Reply answer_to_greeting();
/// How the reply to VRFY with a token of greeting_errand() is to be read.
Standing read_greeting(const mail::Reply& reply);

}  // namespace relayproof::canary
