// Which of several containers is the mail server, and which one stands in front of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "deployment/deployment.h"

namespace relayproof::deployment {

struct Chosen {
  const Container* server = nullptr;  ///< null: no container of these files
  const Container* front = nullptr;   ///< publishes the server's ports in its place
};

/// By name (of the service or the container), or else by published ports, image and name.
Result<Chosen> choose(const Deployment& deployment, const std::string& name,
                      const std::vector<std::uint16_t>& ports);

}  // namespace relayproof::deployment
