#include "report/layout.h"

namespace relayproof::report {

std::string announce(const Announcement& announcement) {
  const TextOptions ascii;
  std::string asking = "Asking " + shown(announcement.host, 260, ascii);
  if (!announcement.mail_domain.empty()) {
    asking += ", MX of " + shown(announcement.mail_domain, 260, ascii);
  }
  if (!announcement.our_name.empty()) asking += ", as " + shown(announcement.our_name, 260, ascii);
  for (std::size_t i = 0; i < announcement.sources.size(); ++i) {
    asking += (i == 0 ? " (" : ", ") + announcement.sources[i].to_string();
  }
  asking += announcement.sources.empty() ? "." : ").";
  const std::string far = !announcement.canary.empty()
                              ? "Where a recipient outside is taken, messages are sent to " +
                                    shown(announcement.canary, 260, ascii) + ", and to nobody else."
                          : announcement.data_phase
                              ? "It goes as far as DATA and hangs up before any content."
                              : "Nothing goes beyond RCPT TO.";
  const std::string log =
      " Its log will show up to " +
      counted(announcement.refusals, "refused recipient", "refused recipients") +
      " named relayproof-*, more if its doors answer differently; fail2ban may block this machine "
      "for a while.";
  return paragraph("", asking, 0) + paragraph("", far + log, 0);
}

}  // namespace relayproof::report
