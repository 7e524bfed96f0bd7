#include <gtest/gtest.h>

#include <algorithm>

#include "deployment/deployment_test.h"
#include "deployment/published.h"

namespace relayproof::deployment {

int fuzz_variables_parser(const std::uint8_t* data, std::size_t size);
int fuzz_compose_parser(const std::uint8_t* data, std::size_t size);
int fuzz_engine_parser(const std::uint8_t* data, std::size_t size);
int fuzz_iptables_parser(const std::uint8_t* data, std::size_t size);
int fuzz_nft_parser(const std::uint8_t* data, std::size_t size);

namespace {

TEST(Variables, AreReadFromAnEnvFileWithQuotesAndComments) {
  const auto found =
      parse_variables("# c\nA=1\nexport B = \"two words\" # x\nC=\nD='a#b'\nE=x # y\n-=3\n");
  EXPECT_EQ(found,
            (Variables{{"A", "1"}, {"B", "two words"}, {"C", ""}, {"D", "a#b"}, {"E", "x"}}));
}

TEST(Variables, AreFilledInAsTheComposeSpecificationHasIt) {
  const Variables known{{"SET", "v"}, {"EMPTY", ""}};
  const std::pair<const char*, const char*> cases[] = {
      {"${SET}:25", "v:25"},      {"$SET-x", "v-x"},      {"${NONE:-25}", "25"},
      {"${EMPTY:-25}", "25"},     {"${EMPTY-25}", ""},    {"${NONE:-${SET}}", "v"},
      {"${SET:+there}", "there"}, {"${NONE:+there}", ""}, {"$$SET", "$SET"},
      {"${SET:?needed}", "v"},    {"plain", "plain"},     {"${NONE:-a}b${SET}", "abv"}};
  for (const auto& [text, expected] : cases) {
    const auto filled = interpolate(text, known);
    ASSERT_TRUE(filled) << text;
    EXPECT_EQ(filled->text, expected) << text;
    EXPECT_TRUE(filled->missing.empty()) << text;
  }
}

TEST(Variables, WithoutAValueAreEmptyAndNamed) {
  const auto filled = interpolate("${NONE}:25 ${SET:-${OTHER}}", {{"SET", "v"}});
  ASSERT_TRUE(filled);
  EXPECT_EQ(filled->text, ":25 v");
  EXPECT_EQ(filled->missing, std::vector<std::string>{"NONE"});
}

TEST(Variables, ADollarThatBeginsNothingIsAnError) {
  for (const auto* text : {"$", "${", "${A", "${A:-x", "$1", "${A:x}", "${}"}) {
    EXPECT_FALSE(interpolate(text, {})) << text;
  }
}

struct Spelling {
  const char* text;
  const char* host;
  unsigned host_port;
  unsigned container_port;
};

TEST(PublishedPorts, AreReadInEverySpelling) {
  for (const auto& [text, host, host_port, container_port] :
       {Spelling{"25", "", 0, 25}, Spelling{"2525:25", "", 2525, 25},
        Spelling{"25:25/tcp", "", 25, 25}, Spelling{"127.0.0.1:25:25", "127.0.0.1", 25, 25},
        Spelling{"[::1]:25:25", "::1", 25, 25}, Spelling{"::1:25:25", "::1", 25, 25},
        Spelling{"192.0.2.1::25", "192.0.2.1", 0, 25}, Spelling{":25", "", 0, 25},
        Spelling{"[2001:db8::1]:25", "2001:db8::1", 0, 25}}) {
    const auto ports = parse_published(text);
    ASSERT_TRUE(ports && ports->size() == 1) << text;
    EXPECT_EQ(ports->front().host_address, host) << text;
    EXPECT_EQ(ports->front().host_port, host_port) << text;
    EXPECT_EQ(ports->front().container_port, container_port) << text;
  }
}

TEST(PublishedPorts, OfRangesGoSideBySide) {
  const auto ports = parse_published("1025-1026:25-26");
  ASSERT_TRUE(ports && ports->size() == 2);
  EXPECT_EQ(ports->back().host_port, 1026);
  EXPECT_EQ(ports->back().container_port, 26);
  EXPECT_TRUE(parse_published("53:53/udp")->empty());
  for (const auto* text : {"", "x", "0:25", "25:x", "70000:25", "host:25:25", "26-25"}) {
    EXPECT_FALSE(parse_published(text)) << text;
  }
}

TEST(ComposeFiles, TellServicesPortsAndNetworksWithTheirLines) {
  const auto read =
      read_all({"x-base: &base\n  networks:\n    mail: {ipv4_address: 172.22.1.253}\n"
                "services:\n  mta:\n    <<: *base\n    image: a/postfix\n    ports:\n"
                "      - \"${P:-25}:25\"\n"
                "networks:\n  mail:\n    enable_ipv6: false\n    ipam:\n      config:\n"
                "        - subnet: 172.22.1.0/24\n"});
  ASSERT_EQ(read.containers.size(), 1U);
  const auto& mta = read.containers.front();
  ASSERT_EQ(mta.ports.size(), 1U);
  EXPECT_EQ(mta.ports[0].written.where.line, 9U);
  EXPECT_EQ(mta.ports[0].written.text, "ports: \"25:25\"");
  ASSERT_EQ(mta.attachments.size(), 1U);
  EXPECT_EQ(mta.attachments[0].ipv4, address("172.22.1.253"));
  ASSERT_EQ(read.networks.size(), 1U);
  EXPECT_EQ(read.networks[0].ipv6, false);
  EXPECT_TRUE(mta.notes.empty());
}

TEST(ComposeFiles, AVariableWithoutAValueIsADecisiveNoteAtItsPlace) {
  const auto read =
      read_all({"services:\n  mta:\n    image: p:${TAG}\n    ports: [\"${BIND}:25:25\"]\n"});
  const auto& notes = read.containers.front().notes;
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_FALSE(notes[0].decisive);  // the image's tag
  EXPECT_TRUE(notes[1].decisive);
  EXPECT_EQ(notes[1].where.line, 4U);
  EXPECT_NE(notes[1].says.find("BIND"), std::string::npos);
}

TEST(ComposeFiles, LaterFilesAddAndExtendedServicesLend) {
  const auto read =
      read_all({"services:\n  base:\n    ports: [\"25:25\"]\n  mta:\n    extends: base\n",
                "services:\n  mta:\n    ports: [\"587:587\"]\n    network_mode: host\n"});
  const auto& mta = read.containers.back();
  EXPECT_EQ(mta.ports.size(), 2U);
  EXPECT_EQ(mta.network_mode, "host");
}

TEST(ComposeFiles, ThatAreNoneAreRefusedWithAPlace) {
  Deployment to;
  for (const auto* text :
       {"services: [", "a: b\n", "services:\n  x: {ports: [\"$:25\"]}\n", "- 1\n"}) {
    const auto read = read_compose(text, "c.yml", {}, to);
    ASSERT_FALSE(read) << text;
    EXPECT_TRUE(read.error().where) << text;
  }
}

TEST(EngineDocuments, OfWhatRunsGoBeforeTheComposeFileButKeepItsLines) {
  const auto read = read_all(
      {"services:\n  mta:\n    ports: [\"25:25\"]\n",
       R"([{"Name":"/mail-mta-1","Config":{"Image":"p","Labels":{"com.docker.compose.service":"mta"}},
            "HostConfig":{"NetworkMode":"mail_default"},
            "NetworkSettings":{"Ports":{"25/tcp":[{"HostIp":"0.0.0.0","HostPort":"25"}]},
            "Networks":{"mail_default":{"IPAddress":"172.19.0.3","IPPrefixLen":16,
            "Gateway":"172.19.0.1"}}}}])"});
  ASSERT_EQ(read.containers.size(), 1U);
  const auto& mta = read.containers.front();
  EXPECT_TRUE(mta.runs);
  ASSERT_EQ(mta.ports.size(), 1U);
  EXPECT_EQ(mta.ports[0].host_address, "0.0.0.0");
  EXPECT_EQ(mta.ports[0].written.where.line, 3U);
  ASSERT_EQ(read.networks.size(), 1U);
  EXPECT_EQ(read.networks[0].gateways, std::vector{address("172.19.0.1")});
}

TEST(EngineDocuments, DaemonJsonAndDockerInfoSetTheEngine) {
  const auto read = read_all({R"({"userland-proxy": false, "ip6tables": true})",
                              R"({"ServerVersion": "28.2.2", "SecurityOptions": ["name=rootless"],
                                  "Swarm": {"LocalNodeState": "active"}})"});
  EXPECT_EQ(read.engine.userland_proxy.on, false);
  EXPECT_EQ(read.engine.ip6tables.on, true);
  EXPECT_EQ(read.engine.rootless.on, true);
  EXPECT_EQ(read.engine.swarm.on, true);
  EXPECT_EQ(read.engine.major_version, 28U);
}

TEST(EngineDocuments, ThatAreNoneAreRefused) {
  Deployment to;
  for (const auto* text : {"{", "{\"a\": 1}", "[1]", "[[[]]]"}) {
    EXPECT_FALSE(read_engine(text, "x", to)) << text;
  }
}

TEST(Files, AreRecognisedByTheirContent) {
  const std::tuple<const char*, const char*, Kind> cases[] = {
      {"services:\n  a:\n", "x", Kind::compose},
      {"{\"services\": {}}", "x", Kind::compose},
      {"[{}]", "x", Kind::engine},
      {"{}", "daemon.json", Kind::engine},
      {"# Generated by iptables-save\n*nat\n", "x", Kind::iptables},
      {"table ip nat {\n}\n", "x", Kind::nft},
      {"A=1\n", "/srv/.env", Kind::variables},
      {"A=1\n", "x", Kind::unknown},
      {"", "x", Kind::unknown}};
  for (const auto& [text, name, kind] : cases) EXPECT_EQ(recognise(text, name), kind) << text;
  Deployment to;
  EXPECT_FALSE(read("hello\n", "x", {}, to));
}

TEST(Readers, SavedFuzzInputsPass) {
  replay("variables_parser", fuzz_variables_parser);
  replay("compose_parser", fuzz_compose_parser);
  replay("engine_parser", fuzz_engine_parser);
  replay("iptables_parser", fuzz_iptables_parser);
  replay("nft_parser", fuzz_nft_parser);
}

}  // namespace
}  // namespace relayproof::deployment
