#include "dialects/opensmtpd/config.h"
#include "dialects/opensmtpd/remedies.h"

namespace relayproof::opensmtpd {
namespace {

// Whoever looks after the daemon starts it again: systemd, rcctl(8), or Debian's script. Where
// nobody does, it ends, and is started as it was.
constexpr const char* start_again = R"sh(set -e
if [ -d /run/systemd/system ]; then
  for unit in opensmtpd smtpd; do
    if systemctl cat $unit >/dev/null 2>&1; then exec systemctl restart $unit; fi
  done
fi
if command -v rcctl >/dev/null; then exec rcctl restart smtpd; fi
first=$(pgrep -o -x smtpd)
words=$(tr '\0' ' ' < "/proc/$first/cmdline")
kill "$first"
while kill -0 "$first" 2>/dev/null; do
  [ "$(cut -d' ' -f3 < "/proc/$first/stat")" != Z ] || break
  sleep 0.05
done
case " $words" in
  *" -d "*) setsid $words >/dev/null 2>&1 & ;;
  *) $words ;;
esac
)sh";

}  // namespace

dialects::Upkeep upkeep(const FileSystem& files, const std::string& path, const dialects::Host&,
                        const std::vector<std::string>&) {
  dialects::Upkeep due;
  const auto config = read(files, path);
  if (!config) return due;
  due.check.push_back({"smtpd", "-n", "-f", config->main});
  due.status.push_back({"smtpctl", "show", "status"});
  due.reload.push_back({"sh", "-c", start_again});
  return due;
}

}  // namespace relayproof::opensmtpd
