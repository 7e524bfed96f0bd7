#include "dialects/postfix/findings.h"

#include "dialects/postfix/findings_context.h"

namespace relayproof::postfix {

std::vector<Finding> findings(const Config& config, TableShelf& shelf) {
  FindingContext context(config, shelf);
  for (const auto& family : {reading_detections(), gate_detections(), network_detections(),
                             domain_detections(), login_detections()}) {
    for (const auto& detect : family) detect(context);
  }
  return context.take();
}

}  // namespace relayproof::postfix
