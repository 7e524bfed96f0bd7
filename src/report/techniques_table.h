// The catalogue as it is printed, for any rows: the tests bring their own.
#pragma once

#include <span>
#include <string>

#include "report/render.h"
#include "techniques/technique.h"

namespace relayproof::report {

std::string techniques_text(std::span<const techniques::Technique> rows);
std::string techniques_json(std::span<const techniques::Technique> rows, const Meta& meta);

}  // namespace relayproof::report
