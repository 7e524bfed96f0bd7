#include "dialects/postfix/master_syntax.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "dialects/postfix/endpoint.h"

namespace relayproof::postfix {
namespace {

std::string printed(const Service& service) {
  std::string text = service.id() + ": " + service.command;
  if (service.chroot) text += " chroot";
  for (const SettingPtr& setting : service.overrides) {
    text += " [" + setting->name + '=' + setting->text + '@' + to_string(setting->where) + ']';
  }
  for (const Service::Argument& argument : service.arguments) text += " (" + argument.text + ')';
  for (const Problem& problem : service.problems) {
    text += " !" + to_string(problem.where) + ' ' + problem.says;
  }
  return text + '\n';
}

std::string parsed(std::string_view bytes, const MasterRules& rules = {}) {
  const MasterCf master_cf = parse_master_cf(bytes, "master.cf", rules);
  std::string text;
  for (const Service& service : master_cf.services) text += printed(service);
  for (const Problem& problem : master_cf.problems) {
    text += to_string(problem.where) + ' ' + problem.says + '\n';
  }
  return text;
}

struct Case {
  const char* bytes;
  const char* expected;
};

TEST(MasterCf, IsReadAsPostfixReadsIt) {
  const Case cases[] = {
      {"smtp inet n - y - - smtpd\n", "smtp inet: smtpd chroot\n"},
      {"smtp inet n - n - - smtpd\n  -o a=b,c\n#  -o d=e\n  -o f=\n",
       "smtp inet: smtpd [a=b,c@master.cf:2:8] [f=@master.cf:4:6]\n"},
      {"smtp inet n - n - 1 smtpd -o { a = b, {c d} } -v -oe=f\n",
       "smtp inet: smtpd [a=b, {c d}@master.cf:1:36] [e=f@master.cf:1:54]\n"},
      {"smtpd pass - - n - - smtpd\n", "smtpd pass: smtpd\n"},
      {"dovecot unix - n n - - pipe flags=D argv=/bin/x -o y\n",
       "dovecot unix: pipe (flags=D) (argv=/bin/x) (-o) (y)\n"},
      {"qmgr unix n - n 300 1 /usr/lib/qmgr\n", "qmgr unix: qmgr\n"},
  };
  for (const Case& c : cases) EXPECT_EQ(parsed(c.bytes), c.expected) << c.bytes;
}

TEST(MasterCf, StopsAtWhatTheMasterDaemonRefuses) {
  const Case cases[] = {
      {"smtp inet - - n - - smtpd\n", "master.cf:1:11 inet service cannot be private\n"},
      {"smtp inet n - n - -\n", "master.cf:1:20 missing \"command\" field\n"},
      {"smtp tcp n - n - - smtpd\n", "master.cf:1:6 bad transport type: tcp\n"},
      {"smtp inet n maybe n - - smtpd\n",
       "master.cf:1:13 field \"unprivileged\": bad value: \"maybe\"\n"},
      {"smtp inet n - n - - -\n", "master.cf:1:21 field \"command\" has no default value\n"},
      {"[::1 inet n - n - - smtpd\n", "master.cf:1:1 missing \"]\" in \"[::1\"\n"},
      {"25x inet n - n - - smtpd\n", "master.cf:1:1 garbage after numerical service in \"25x\"\n"},
      {"smtp inet n - n - - smtpd {a = b\n", "master.cf:1:27 missing '}' in \"{a = b\"\n"},
  };
  for (const Case& c : cases) EXPECT_EQ(parsed(c.bytes), c.expected) << c.bytes;
}

TEST(MasterCf, KnowsWhatStopsOneProgramOnly) {
  EXPECT_EQ(parsed("smtp inet n - n - - smtpd -o a\n"),
            "smtp inet: smtpd !master.cf:1:30 invalid \"-o a\" option value: missing '=' after "
            "attribute name\n");
  EXPECT_EQ(parsed("smtp inet n - n - - smtpd\n  a=b -o c=d\n"),
            "smtp inet: smtpd (a=b) (-o) (c=d) !master.cf:2:3 unexpected command-line argument: "
            "a=b\n");
}

TEST(MasterCf, DependsOnVersionAndCompatibilityLevel) {
  EXPECT_EQ(parsed("smtp inet n - - - - smtpd\n", {.chroot_by_default = true}),
            "smtp inet: smtpd chroot\n");
  EXPECT_EQ(parsed("x inet n - n - - pipe {a b}\n", {.braces = false}), "x inet: pipe ({a) (b})\n");
  EXPECT_EQ(parsed("postlog unix-dgram n - n - 1 postlogd\n", {.unix_datagram = false}),
            "master.cf:1:9 bad transport type: unix-dgram\n");
}

TEST(Endpoint, HasAHostAndAPort) {
  struct Row {
    const char* text;
    const char* host;
    bool is_address;
    int port;  // 0: not known
  };
  const Row rows[] = {
      {"smtp", "", false, 25},
      {"smtps", "", false, 465},
      {"submissions", "", false, 465},
      {"submission", "", false, 587},
      {"10025", "", false, 10025},
      {"127.0.0.1:10025", "127.0.0.1", true, 10025},
      {"[::1]:25", "::1", true, 25},
      {"::1:smtp", "::1", true, 25},
      {"[ipv6:::1]:25", "::1", true, 25},
      {"localhost:26", "localhost", false, 26},
      {":25", "", false, 25},
      {"unheard-of", "", false, 0},
      {"70000", "", false, 0},
  };
  for (const Row& row : rows) {
    const ParsedEndpoint parsed = parse_endpoint(row.text);
    ASSERT_TRUE(parsed.endpoint) << row.text;
    EXPECT_EQ(parsed.endpoint->host, row.host) << row.text;
    EXPECT_EQ(parsed.endpoint->address.has_value(), row.is_address) << row.text;
    EXPECT_EQ(parsed.endpoint->number.value_or(0), row.port) << row.text;
  }
  for (const char* text : {"[::1", "[::1]x", "[::1]", "host:", "[]:25", "a b:25", "25x"}) {
    EXPECT_FALSE(parse_endpoint(text).endpoint) << text;
  }
}

}  // namespace
}  // namespace relayproof::postfix
