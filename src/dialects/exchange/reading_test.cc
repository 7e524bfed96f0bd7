// The formats in which the same is exported, and what is wrong with some.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "dialects/exchange/config.h"
#include "dialects/exchange/recognise.h"
#include "dialects/exchange/rights.h"
#include "dialects/exchange/small_export_test.h"

namespace relayproof::exchange {
namespace {

// `Relay 0.0.0.0:25 < 10.0.0.0/8 groups 1 mechanisms 1`, one line a connector.
std::string told(const Export& all) {
  std::string text;
  for (const auto& each : all.connectors) {
    text += each.title();
    for (const auto& binding : each.bindings) {
      text += ' ' + binding.address.to_string() + '#' + std::to_string(binding.port);
    }
    text += " < " + each.clients().to_string() + (each.ranges_cut_off ? " ..." : "");
    text += " groups " + std::to_string(each.groups) + " mechanisms " +
            std::to_string(each.mechanisms) + (each.enabled ? "\n" : " off\n");
  }
  return text;
}

std::string read_as(const std::string& content, const std::string& path = "/e/connectors.json") {
  const auto all = read(files_of(content, path), path);
  return all ? told(*all) : to_string(all.error());
}

std::string in_utf16(std::string_view text) {
  std::string wide = "\xFF\xFE";
  for (const char c : text) wide += {c, '\0'};
  return wide;
}

constexpr const char* list =
    "Identity         : EX01\\Relay\r\n"
    "Bindings         : {0.0.0.0:25, [::]:25}\r\n"
    "RemoteIPRanges   : {10.0.0.0/8, 192.168.1.1-192.168.1.2,\r\n"
    "                   2001:db8::/32}\r\n"
    "PermissionGroups : AnonymousUsers, Custom\r\n"
    "AuthMechanism    : Tls, BasicAuth\r\n"
    "Enabled          : False\r\n";
constexpr const char* read_list =
    "Relay 0.0.0.0#25 ::#25 < 10.0.0.0/8 192.168.1.1 192.168.1.2 2001:db8::/32 groups 33 "
    "mechanisms 5 off\n";

TEST(Reading, TakesEveryFormatForTheSame) {
  EXPECT_EQ(read_as(list), read_list);
  EXPECT_EQ(read_as(in_utf16(list)), read_list);
  EXPECT_EQ(read_as("\xEF\xBB\xBF" + std::string(list)), read_list);
  EXPECT_EQ(read_as("[PS] C:\\>Get-ReceiveConnector | fl\r\n\r\n" + std::string(list)), read_list);
  EXPECT_EQ(read_as(R"([{"Identity": "EX01\\Relay", "Enabled": false, "PermissionGroups": 33,
                   "AuthMechanism": 5, "Bindings": [{"AddressFamily": 2, "Port": 25,
                   "Address": {"Address": 0, "IPAddressToString": "0.0.0.0"}}, "[::]:25"],
                   "RemoteIPRanges": {"Count": 3, "value": [{"Expression": "10.0.0.0/8"},
                     {"LowerBound": "192.168.1.1", "UpperBound": "192.168.1.2"},
                     "2001:db8::/32"]}}])"),
            read_list);
  EXPECT_EQ(read_as(R"({"Identity": "EX01\\Relay", "Enabled": "False",
                   "PermissionGroups": "AnonymousUsers, Custom", "AuthMechanism": "Tls, BasicAuth",
                   "Bindings": "0.0.0.0:25 [::]:25",
                   "RemoteIPRanges": "10.0.0.0/8 192.168.1.1-192.168.1.2 2001:db8::/32"})"),
            read_list);
  EXPECT_EQ(
      read_as(
          "<Objs xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj RefId=\"0\">"
          "<ToString>EX01\\Relay</ToString><Props><S N=\"Identity\">EX01\\Relay</S>"
          "<B N=\"Enabled\">false</B><Obj N=\"PermissionGroups\" RefId=\"1\"><I32>33</I32></Obj>"
          "<Obj N=\"AuthMechanism\" RefId=\"2\"><ToString>Tls, BasicAuth</ToString>"
          "<I32>5</I32></Obj><Obj N=\"Bindings\" RefId=\"3\"><LST><S>0.0.0.0:25</S>"
          "<Obj RefId=\"4\"><ToString>[::]:25</ToString></Obj></LST></Obj>"
          "<Obj N=\"RemoteIPRanges\" RefId=\"5\"><LST><S>10.0.0.0/8</S>"
          "<S>192.168.1.1-192.168.1.2</S><S>2001:db8::/32</S></LST></Obj>"
          "</Props></Obj></Objs>"),
      read_list);
}

TEST(Reading, TellsWhatAListHidesFromWhatItShows) {
  EXPECT_EQ(read_as("Name : A\nBindings : {0.0.0.0:25}\n"
                    "RemoteIPRanges : {10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4...}\n"),
            "A 0.0.0.0#25 < 10.0.0.1 10.0.0.2/31 10.0.0.4 ... groups 0 mechanisms 0\n");
  EXPECT_EQ(read_as("Name : A\nBindings : {0.0.0.0:25...}\nRemoteIPRanges : {10.0.0.1}\n"),
            "/e/connectors.json:2:1: the list of Bindings is cut off: set "
            "$FormatEnumerationLimit = -1 and export again");
}

TEST(Reading, TakesListsWhoseLinesStandFarApart) {
  EXPECT_EQ(read_as("Name : A\n\nBindings : {0.0.0.0:25}\n\nRemoteIPRanges : {10.0.0.1}\n\n"
                    "PermissionGroups : AnonymousUsers\n\nAuthMechanism : Tls\n\n\n\n"
                    "Name : B\n\nBindings : {0.0.0.0:26}\n\nRemoteIPRanges : {10.0.0.1}\n\n"
                    "PermissionGroups : Custom\n\nAuthMechanism : None\n\n"),
            "A 0.0.0.0#25 < 10.0.0.1 groups 1 mechanisms 1\n"
            "B 0.0.0.0#26 < 10.0.0.1 groups 32 mechanisms 0\n");
}

TEST(Reading, SaysInOneLineWhatIsWrongAndWhere) {
  const std::pair<std::string, std::string> wrong[] = {
      {"{\"connectors\": [", "/e/connectors.json:1:17: the JSON breaks off"},
      {"{\n \"Bindings\" 1}", "/e/connectors.json:2:13: this is no JSON"},
      {"<Objs><Obj>", "/e/connectors.json:1:11: this is no XML: start-end tags mismatch"},
      {"<a/>", "/e/connectors.json:1:2: this XML is no CLIXML: its first element is not Objs"},
      {R"({"Bindings": "25", "RemoteIPRanges": "10.0.0.1"})",
       "/e/connectors.json:1:2: not an address and a port: `25`"},
      {"[{\"Bindings\": \"0.0.0.0:25\",\n  \"RemoteIPRanges\": [\"10.0.0.9-10.0.0.1\"]}]",
       "/e/connectors.json:2:3: not an address, a network or a range: `10.0.0.9-10.0.0.1`"},
      {"Bindings : 0.0.0.0:25\nRemoteIPRanges : 10.0.0.1\nAuthMechanism : Magic\n",
       "/e/connectors.json:3:1: AuthMechanism has a value that is not known: `Magic`"},
      {"Bindings : 0.0.0.0:25\nRemoteIPRanges : 10.0.0.1\nEnabled : Perhaps\n",
       "/e/connectors.json:3:1: Enabled is neither True nor False: `Perhaps`"},
      {"Name : A\nBindings : 0.0.0.0:25\nRemoteIPRanges : 10.0.0.1\n\n"
       "Name : A\nBindings : 0.0.0.0:25\nRemoteIPRanges : 10.0.0.2\n",
       "/e/connectors.json:5:1: a connector of this name is in /e/connectors.json:1:1 already, "
       "with "
       "other settings: export Identity, too, and once"},
      {std::string(100, '['), "/e/connectors.json:1:65: nested too deeply"},
      {"[]",
       "/e/connectors.json: no receive connectors here, with Bindings and RemoteIPRanges: export "
       "with `Get-ReceiveConnector | ConvertTo-Json -Depth 4`"},
  };
  for (const auto& [content, says] : wrong) EXPECT_EQ(read_as(content), says) << content;
}

TEST(Reading, KnowsExportsByTheirContent) {
  const std::string connectors = "[{\"Bindings\": \"0.0.0.0:25\", \"RemoteIPRanges\": \"\"}]";
  MemoryFiles files;
  files.add("/a/connectors.json", connectors);
  files.add("/a/main.cf", "mynetworks = 127.0.0.0/8\n");
  files.add("/b/exchange-notes.txt", "Get-ReceiveConnector shows Bindings and RemoteIPRanges.\n");
  files.add("/c/connectors.json", "{\"Bindings\": 1}\n");
  files.add("/d/make.ps1", "New-ReceiveConnector -Bindings 0.0.0.0:25 -RemoteIPRanges 9.9.9.9\n");
  files.add("/e/whatever", connectors);
  files.add("/f/permissions.json", "[{\"User\": \"x\", \"ExtendedRights\": []}]\n");
  EXPECT_TRUE(recognise(files, "/a"));
  EXPECT_FALSE(recognise(files, "/b"));
  EXPECT_FALSE(recognise(files, "/b/exchange-notes.txt"));
  EXPECT_FALSE(recognise(files, "/c"));
  EXPECT_TRUE(recognise(files, "/d"));
  EXPECT_FALSE(recognise(files, "/e"));
  EXPECT_TRUE(recognise(files, "/e/whatever"));
  EXPECT_FALSE(recognise(files, "/f"));
  EXPECT_FALSE(recognise(files, ""));
  EXPECT_EQ(export_files(files, "/a"), std::vector<std::string>{"/a/connectors.json"});
}

TEST(Reading, SaysThatAScriptIsNoExport) {
  const auto loaded =
      try_load("Set-ReceiveConnector X -PermissionGroups AnonymousUsers\n", "/e/relay.ps1");
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find("Export-RelayproofExchange.ps1"), std::string::npos);
}

TEST(Reading, FindsTheConnectorThatAPermissionIsFor) {
  const std::pair<std::string, ConnectorId> identities[] = {
      {"EX01\\Default EX01", {"ex01", "default ex01"}},
      {"CN=Default EX01,CN=SMTP Receive Connectors,CN=Protocols,CN=EX01,CN=Servers,DC=x",
       {"ex01", "default ex01"}},
      {"x.local/Configuration/Servers/EX01/Protocols/SMTP Receive Connectors/Default EX01",
       {"ex01", "default ex01"}},
      {"Default EX01", {"", "default ex01"}},
  };
  for (const auto& [text, id] : identities) {
    EXPECT_EQ(connector_id(text).server, id.server) << text;
    EXPECT_EQ(connector_id(text).name, id.name) << text;
  }
}

TEST(Reading, KnowsWhomAnEntryIsFor) {
  const std::pair<std::string, Principal> users[] = {
      {"NT AUTHORITY\\ANONYMOUS LOGON", Principal::anonymous},
      {"nt authority\\anonymous logon", Principal::anonymous},
      {"NT-AUTORITÄT\\ANONYMOUS-ANMELDUNG", Principal::anonymous},
      {"AUTORITE NT\\ANONYMOUS LOGON", Principal::anonymous},
      {"NT AUTHORITY\\ACCESSO ANONIMO", Principal::anonymous},
      {"S-1-5-7", Principal::anonymous},
      {"EXAMPLE\\anonymous-scanner", Principal::others},
      {"MS Exchange\\Externally Secured Servers", Principal::externally_secured},
      {"S-1-9-1419165041-1139599005-3936102811-1022490595-23", Principal::externally_secured},
      {"MS Exchange\\Hub Transport Servers", Principal::others},
      {"NT AUTHORITY\\Authenticated Users", Principal::users},
      {"S-1-5-11", Principal::users},
      {"NT AUTHORITY\\SYSTEM", Principal::others},
      {"S-1-5-21-1-2-3-500", Principal::others},
      {"Everyone", Principal::unclear},
      {"S-1-1-0", Principal::unclear},
      {"NT AUTHORITY\\NETWORK", Principal::unclear},
      {"", Principal::unclear},
  };
  for (const auto& [user, principal] : users) EXPECT_EQ(principal_of(user), principal) << user;
}

TEST(Reading, TakesTheTableThatTheDocumentationPrints) {
  const auto loaded = try_load(
      "Identity         : EX01\\Relay\nBindings         : {0.0.0.0:25}\n"
      "RemoteIPRanges   : {192.168.5.10}\nPermissionGroups : AnonymousUsers, Custom\n"
      "AuthMechanism    : Tls\n\n"
      "User                         ExtendedRights\n"
      "----                         --------------\n"
      "NT AUTHORITY\\ANONYMOUS LOGON {ms-Exch-SMTP-Submit}\n"
      "NT AUTHORITY\\ANONYMOUS LOGON {ms-Exch-SMTP-Accept-Any-Recipient}\n\n"
      "DomainName : example.com\nDomainType : Authoritative\n");
  ASSERT_TRUE(loaded) << to_string(loaded.error());
  EXPECT_EQ(who_relays(*loaded), "192.168.5.10");
}

// What the console cut short may be the right to relay.
TEST(Reading, DoubtsARightThatIsCutShort) {
  const auto loaded = try_load(
      "Identity         : EX01\\Relay\nBindings         : {0.0.0.0:25}\n"
      "RemoteIPRanges   : {192.168.5.10}\nPermissionGroups : AnonymousUsers, Custom\n"
      "AuthMechanism    : Tls\n\n"
      "User                         ExtendedRights\n"
      "----                         --------------\n"
      "NT AUTHORITY\\ANONYMOUS LOGON {ms-Exch-SMTP-Submit}\n"
      "NT AUTHORITY\\ANONYMOUS LOGON {ms-Exch-SMTP-Accept-Any-...\n\n"
      "DomainName : example.com\nDomainType : Authoritative\n");
  ASSERT_TRUE(loaded) << to_string(loaded.error());
  EXPECT_EQ(who_relays(*loaded), "undecided");
}

}  // namespace
}  // namespace relayproof::exchange
