#include "base/result.h"

namespace relayproof {

std::string to_string(const Error& error) {
  return error.where ? to_string(*error.where) + ": " + error.message : error.message;
}

}  // namespace relayproof
