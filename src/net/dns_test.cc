// Lookups, against a DNS server of a few lines on loopback.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cctype>
#include <map>

#include "net/await.h"
#include "net/net_test.h"

namespace relayproof::net {
namespace {

using namespace std::string_literals;
using boost::asio::ip::udp;

constexpr int type_a = 1;
constexpr int type_ptr = 12;
constexpr int type_cname = 5;
constexpr int type_mx = 15;
constexpr int type_aaaa = 28;
constexpr unsigned char rcode_servfail = 2;
constexpr unsigned char rcode_name_error = 3;

std::string big_endian(std::size_t number) {
  return {static_cast<char>(number >> 8U), static_cast<char>(number & 0xFFU)};
}

std::string wire_name(std::string_view name) {
  std::string wire;
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    wire += static_cast<char>(label.size());
    wire += label;
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  return wire + '\0';
}

struct Record {
  int type;
  std::string data;
};

/// What the server knows. A name that it does not know does not exist.
struct Zone {
  std::map<std::string, std::vector<Record>> records;
  std::vector<std::string> broken;      ///< SERVFAIL
  std::vector<std::string> silent;      ///< no answer at all
  std::vector<std::string> lacks_aaaa;  ///< SERVFAIL for AAAA only
};

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The question of a query: its name in lower case, its type, and where it ends.
struct Asked {
  std::string name;
  int type = 0;
  std::size_t end = 0;
};

Asked question_of(const std::string& query) {
  Asked asked;
  std::size_t at = 12;
  while (at < query.size() && query[at] != 0) {
    const std::size_t length = static_cast<unsigned char>(query[at]);
    if (!asked.name.empty()) asked.name += '.';
    for (const char c : query.substr(at + 1, length)) {
      asked.name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    at += length + 1;
  }
  asked.type = static_cast<unsigned char>(query.at(at + 2));
  asked.end = at + 5;
  return asked;
}

std::string message(const std::string& query, const Asked& asked, unsigned char rcode,
                    const std::vector<Record>& answers) {
  std::string reply = query.substr(0, 2);               // the same id
  reply += "\x81"s + static_cast<char>(0x80U | rcode);  // a reply, recursion available
  reply += big_endian(1) + big_endian(answers.size()) + "\0\0\0\0"s;
  reply += query.substr(12, asked.end - 12);
  for (const Record& record : answers) {
    reply += "\xC0\x0C"s + big_endian(static_cast<std::size_t>(record.type)) + big_endian(1);
    reply += "\0\0\0\x3C"s + big_endian(record.data.size()) + record.data;
  }
  return reply;
}

std::optional<std::string> reply_to(const Zone& zone, const std::string& query) {
  const Asked asked = question_of(query);
  if (has(zone.silent, asked.name)) return {};
  const bool lame = asked.type == type_aaaa && has(zone.lacks_aaaa, asked.name);
  if (lame || has(zone.broken, asked.name)) return message(query, asked, rcode_servfail, {});
  const auto entry = zone.records.find(asked.name);
  if (entry == zone.records.end()) return message(query, asked, rcode_name_error, {});
  std::vector<Record> answers;
  for (const Record& record : entry->second) {
    if (record.type == asked.type || record.type == type_cname) answers.push_back(record);
  }
  return message(query, asked, 0, answers);
}

Task<void> answer_queries(std::shared_ptr<udp::socket> socket, std::shared_ptr<Zone> zone) {
  for (;;) {
    std::string query(1500, '\0');
    udp::endpoint client;
    const boost::asio::mutable_buffer room = boost::asio::buffer(query);
    const auto [error, size] = co_await socket->async_receive_from(room, client, as_value);
    if (error) co_return;
    query.resize(size);
    const auto reply = reply_to(*zone, query);
    if (!reply) continue;
    const boost::asio::const_buffer bytes = boost::asio::buffer(*reply);
    co_await socket->async_send_to(bytes, client, as_value);
  }
}

class Dns : public testing::Test {
 protected:
  Dns() : zone(std::make_shared<Zone>()) {
    const udp::endpoint loopback(boost::asio::ip::address_v4::loopback(), 0);
    const auto socket = std::make_shared<udp::socket>(loop.context(), loopback);
    port = socket->local_endpoint().port();
    boost::asio::co_spawn(loop.context(), answer_queries(socket, zone), boost::asio::detached);
    network = system_network(loop, {.resolver = Endpoint{ip("127.0.0.1"), port}}).value();
  }

  Lookup<mail::IpAddress> addresses_of(const std::string& host, TimePoint deadline = far_away()) {
    return loop.run(network->addresses_of(host, deadline));
  }
  Lookup<MailExchanger> exchangers_of(const std::string& domain) {
    return loop.run(network->exchangers_of(domain, far_away()));
  }

  Loop loop;
  std::shared_ptr<Zone> zone;
  std::uint16_t port = 0;
  std::unique_ptr<Network> network;
};

TEST_F(Dns, FindsEveryAddressOnceIpv4First) {
  const std::string v6 = std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + '\1';
  zone->records["mx.example.org"] = {
      {type_aaaa, v6}, {type_a, "\xC0\0\2\1"s}, {type_a, "\xC0\0\2\2"s}, {type_a, "\xC0\0\2\1"s}};
  const auto lookup = addresses_of("MX.example.org");
  EXPECT_FALSE(lookup.failed) << lookup.why;
  ASSERT_EQ(lookup.found.size(), 3U);
  EXPECT_FALSE(lookup.found[0].is_v6());
  EXPECT_FALSE(lookup.found[1].is_v6());
  EXPECT_EQ(lookup.found[2], ip("2001:db8::1"));
}

TEST_F(Dns, FollowsAnAlias) {
  zone->records["www.example.org"] = {{type_cname, wire_name("mx.example.org")}};
  zone->records["mx.example.org"] = {{type_a, "\xC0\0\2\1"s}};
  EXPECT_EQ(addresses_of("www.example.org").found, std::vector{ip("192.0.2.1")});
}

TEST_F(Dns, TellsNoSuchNameFromNoAnswer) {
  zone->broken = {"broken.example.org"};
  const auto none = addresses_of("none.example.org");
  EXPECT_TRUE(none.found.empty());
  EXPECT_FALSE(none.failed);
  const auto broken = addresses_of("broken.example.org");
  EXPECT_TRUE(broken.found.empty());
  EXPECT_TRUE(broken.failed);
  EXPECT_NE(broken.why.find("SERVFAIL"), std::string::npos) << broken.why;
}

TEST_F(Dns, KeepsIpv4WhereNothingAnswersForIpv6) {
  zone->records["half.example.org"] = {{type_a, "\xC0\0\2\1"s}};
  zone->lacks_aaaa = {"half.example.org"};
  const auto lookup = addresses_of("half.example.org");
  EXPECT_EQ(lookup.found, std::vector{ip("192.0.2.1")});
  EXPECT_TRUE(lookup.failed);
}

TEST_F(Dns, EndsAtItsDeadlineWhenTheServerIsSilent) {
  zone->silent = {"silent.example.org"};
  zone->records["mx.example.org"] = {{type_a, "\xC0\0\2\1"s}};
  const auto lookup = addresses_of("silent.example.org", soon());
  EXPECT_TRUE(lookup.failed);
  EXPECT_EQ(lookup.why, "no answer in time");
  // And the next question is answered none the less.
  EXPECT_EQ(addresses_of("mx.example.org").found, std::vector{ip("192.0.2.1")});
}

TEST_F(Dns, SortsExchangersByPreference) {
  zone->records["example.org"] = {{type_mx, "\0\x14"s + wire_name("Backup.example.org")},
                                  {type_mx, "\0\x0A"s + wire_name("mx.example.org")}};
  const auto lookup = exchangers_of("example.org.");
  ASSERT_EQ(lookup.found.size(), 2U);
  EXPECT_EQ(lookup.found[0].host, "mx.example.org");
  EXPECT_EQ(lookup.found[0].preference, 10U);
  EXPECT_EQ(lookup.found[1].host, "backup.example.org");
}

TEST_F(Dns, KnowsTheNullExchanger) {
  zone->records["nomail.example"] = {{type_mx, "\0\0"s + wire_name("")}};
  const auto lookup = exchangers_of("nomail.example");
  ASSERT_EQ(lookup.found.size(), 1U);
  EXPECT_EQ(lookup.found[0].host, "");
}

TEST_F(Dns, TellsADomainWithoutExchangersFromUselessOnes) {
  zone->records["plain.example"] = {{type_a, "\xC0\0\2\1"s}};
  zone->records["useless.example"] = {{type_mx, "\0\0"s + wire_name("not a host.example")}};
  const auto none = exchangers_of("plain.example");
  EXPECT_TRUE(none.found.empty());
  EXPECT_FALSE(none.failed);
  const auto useless = exchangers_of("useless.example");
  EXPECT_TRUE(useless.found.empty());
  EXPECT_TRUE(useless.failed);
}

TEST_F(Dns, FindsTheNamesOfAnyAddress) {
  for (const char* address :
       {"192.0.2.1", "10.1.2.3", "127.0.0.3", "2001:db8::1", "fd00::1", "::1"}) {
    zone->records[ip(address).reverse_name()] = {{type_ptr, wire_name("Host.example.org")},
                                                 {type_ptr, wire_name("bad name.example")}};
    const auto lookup = loop.run(network->names_of(ip(address), far_away()));
    EXPECT_FALSE(lookup.failed) << lookup.why;
    EXPECT_EQ(lookup.found, std::vector{"host.example.org"s}) << address;
  }
  EXPECT_TRUE(loop.run(network->names_of(ip("192.0.2.99"), far_away())).found.empty());
}

TEST_F(Dns, AsksTheServerForReservedNamesToo) {
  for (const char* name : {"mx.test", "localhost", "mx.localhost", "mx.example", "mx.home.arpa"}) {
    zone->records[name] = {{type_a, "\xC0\0\2\1"s}};
    EXPECT_EQ(addresses_of(name).found, std::vector{ip("192.0.2.1")}) << name;
  }
}

TEST_F(Dns, DoesNotAskForWhatIsNoName) {
  for (const std::string& host : {"not a name"s, "a..b"s, ""s, "a\0b"s, "[192.0.2.1]"s}) {
    EXPECT_TRUE(addresses_of(host).found.empty());
    EXPECT_FALSE(addresses_of(host).failed);
    EXPECT_TRUE(exchangers_of(host).found.empty());
  }
}

TEST_F(Dns, LeavesAQuestionBehindWithoutHarm) {
  zone->silent = {"silent.example.org"};
  boost::asio::co_spawn(
      loop.context(),
      [](Network* asked) -> Task<void> {
        co_await asked->addresses_of("silent.example.org", far_away());
      }(network.get()),
      boost::asio::detached);
  EXPECT_TRUE(addresses_of("none.example.org").found.empty());
  network.reset();  // with the question still open
}

using SystemDns = OnLoopback;

TEST_F(SystemDns, TakesAddressesAsTheyAre) {
  EXPECT_EQ(loop.run(network->addresses_of("192.0.2.1", far_away())).found,
            std::vector{ip("192.0.2.1")});
  EXPECT_EQ(loop.run(network->addresses_of("2001:db8::1", far_away())).found,
            std::vector{ip("2001:db8::1")});
}

TEST_F(SystemDns, ReadsTheHostsFile) {
  const auto lookup = loop.run(network->addresses_of("localhost", far_away()));
  EXPECT_FALSE(lookup.failed) << lookup.why;
  ASSERT_FALSE(lookup.found.empty());
  EXPECT_EQ(lookup.found.front(), ip("127.0.0.1"));
  const auto names = loop.run(network->names_of(ip("127.0.0.1"), far_away()));
  EXPECT_FALSE(names.failed) << names.why;
  EXPECT_FALSE(names.found.empty());
}

TEST_F(SystemDns, EndsAtItsDeadline) {
  EXPECT_EQ(loop.run(network->addresses_of("localhost", already_past())).failed, true);
  EXPECT_EQ(loop.run(network->names_of(ip("127.0.0.1"), already_past())).failed, true);
  EXPECT_EQ(loop.run(network->exchangers_of("localhost", already_past())).failed, true);
}

}  // namespace
}  // namespace relayproof::net
