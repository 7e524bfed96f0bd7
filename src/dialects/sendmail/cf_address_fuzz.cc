// Addresses as a client writes them, through the rules of a small sendmail.cf.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "dialects/sendmail/cf.h"
#include "dialects/sendmail/rule_verdict.h"

namespace relayproof::sendmail {

int fuzz_cf_address(const std::uint8_t* data, std::size_t size) {
  static const MemoryFiles files;
  static const Cf cf = *read_cf_text(
      "V10/Berkeley\nO OperatorChars=.:%@!^/[]+\nKdequote dequote\nMlocal, P=/bin/m, "
      "F=lsDFMAw5:/|@, A=m $u\n"
      "Mesmtp, P=[IPC], F=mDFMuXa, A=TCP "
      "$h\nScanonify=3\nR$*<$*>$*<$*>$*\t<$2>$3$4$5\nR$*<$+>$*\t$2\n"
      "R$+@$+\t$:$1<@$2>\nR$+!$+\t$@$2<@$1>\nR$-\t$:$(dequote $1 $)\nSparse=0\n"
      "R$*<@$=w>$*\t$#local $:$1\nR$*<@$+>$*\t$#esmtp $@ $2 $:$1@$2\nR$+\t$#local $:$1\nSfinal=4\n"
      "R$*<$+>$*\t$1$2$3\nScheck_rcpt\nR$*\t$:$>3 $1\nR$*<@$+>\t$#error $@ 5.7.1 $:\"550 no\"\n",
      "sendmail.cf", files, CfHost{"mail.example.com", {}, {}});
  static const Maps maps(cf, files);
  const std::string text(reinterpret_cast<const char*>(data), size);
  RuleAttempt attempt;
  attempt.client = "203.0.113.9";
  attempt.rcpt_to = text;
  check_attempt(cf, maps, attempt);
  return 0;
}

}  // namespace relayproof::sendmail

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::sendmail::fuzz_cf_address(data, size);
}
#endif
