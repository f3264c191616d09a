#include "synod/cli/server_configuration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/temporary_directory.hpp"
#include "synod/cli/text.hpp"

namespace synod::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kLong =
    R"({"servers": [{"sid": 1, "address": "127.0.0.1:7001", "redis": "127.0.0.1:6381"},
                    {"sid": 3, "address": "127.0.0.1:7003", "redis": "127.0.0.1:6383"},
                    {"sid": 2, "address": "127.0.0.1:7002"}]})";
const std::string kShort = R"({"servers": {"10": "10.0.0.1:7001", "9": "10.0.0.2:7001"}})";

template <typename Function>
std::string error_of(Function function) {
    try {
        function();
    } catch (const UsageError& error) {
        return error.what();
    }
    return "no error";
}

std::string error_in(const std::string& text) {
    return error_of([&] { parse_server_configuration(text, "paxos.config.json"); });
}

constexpr net::Address local(std::uint16_t port) {
    return {0x7f000001, port};
}

TEST(ServerConfiguration, ListsTheServersByTheirIds) {
    const auto configuration = parse_server_configuration(kLong, "f");
    EXPECT_EQ(configuration.servers, (std::vector<ServerEntry>{{1, local(7001), local(6381)},
                                                               {2, local(7002), std::nullopt},
                                                               {3, local(7003), local(6383)}}));
    EXPECT_EQ(configuration.sid, std::nullopt);
}

TEST(ServerConfiguration, HasAShortForm) {
    const auto configuration = parse_server_configuration(kShort, "f");
    EXPECT_EQ(configuration.servers, (std::vector<ServerEntry>{{9, {0x0a000002, 7001}, std::nullopt},
                                                               {10, {0x0a000001, 7001}, std::nullopt}}));
}

TEST(ServerConfiguration, HasAGroupByChoice) {
    const auto configuration = parse_server_configuration(
        R"({"multicast": "239.255.7.1:7000", "servers": {"1": "127.0.0.1:7001"}})", "f");
    EXPECT_EQ(configuration.multicast, (net::Address{0xefff0701, 7000}));
    EXPECT_EQ(parse_server_configuration(kLong, "f").multicast, std::nullopt);
}

struct BadText {
    const char* text;
    const char* place;
    const char* what;
};

class BadTexts : public testing::TestWithParam<BadText> {};

TEST_P(BadTexts, AreNamedWithTheirPlace) {
    const BadText& bad = GetParam();
    EXPECT_THAT(error_in(bad.text), AllOf(StartsWith(std::string("paxos.config.json") + bad.place),
                                          HasSubstr(bad.what), HasSubstr("; expected ")));
}

INSTANTIATE_TEST_SUITE_P(
    ServerConfiguration, BadTexts,
    testing::Values(
        BadText{"", ":1: ", "no JSON"}, BadText{"{\n\"servers\": [}", ":2: ", "no JSON"},
        BadText{R"({"servers": 1e999})", ": ", "no JSON"}, BadText{"[]", ": ", "'[]' is no object"},
        BadText{"{}", ": ", "there is no \"servers\""},
        BadText{R"({"servers": []})", ": servers: ", "'[]' does not do"},
        BadText{R"({"servers": 3})", ": servers: ", "'3' does not do"},
        BadText{R"({"server": {}})", ": ", "'server' means nothing here"},
        BadText{R"({"leader": 1, "servers": {"1": "127.0.0.1:7001"}})", ": ",
                "this one is for their clients (synod kv)"},
        BadText{R"({"servers": {"1": "127.0.0.1:7001"}, "servers": {}})", ": ", "'servers' stands twice"},
        BadText{R"({"servers": [{"sid": 1, "address": "127.0.0.1:1"}, 5]})",
                ": servers[1]: ", "'5' is no object"},
        BadText{R"({"servers": [{"address": "127.0.0.1:1"}]})", ": servers[0]: ", "there is no \"sid\""},
        BadText{R"({"servers": [{"sid": 1}]})", ": servers[0]: ", "there is no \"address\""},
        BadText{R"({"servers": [{"sid": -1, "address": "127.0.0.1:1"}]})",
                ": servers[0].sid: ", "'-1' is no server's id"},
        BadText{R"({"servers": [{"sid": 65536, "address": "127.0.0.1:1"}]})",
                ": servers[0].sid: ", "no server's id"},
        BadText{R"({"servers": [{"sid": 1.5, "address": "127.0.0.1:1"}]})",
                ": servers[0].sid: ", "no server's id"},
        BadText{R"({"servers": [{"sid": 1, "address": "localhost:1"}]})",
                ": servers[0].address: ", "is no address"},
        BadText{R"({"servers": [{"sid": 1, "address": "127.0.0.1:0"}]})",
                ": servers[0].address: ", "is no address"},
        BadText{R"({"servers": [{"sid": 1, "address": 7}]})", ": servers[0].address: ", "'7' is no address"},
        BadText{R"({"servers": [{"sid": 1, "address": "239.1.2.3:7"}]})",
                ": servers[0].address: ", "of one host"},
        BadText{R"({"servers": [{"sid": 1, "address": "0.0.0.0:7"}]})",
                ": servers[0].address: ", "of one host"},
        BadText{R"({"servers": [{"sid": 1, "address": "127.0.0.1:1", "redis": "x"}]})",
                ": servers[0].redis: ", "is no address"},
        BadText{R"({"servers": [{"sid": 1, "address": "127.0.0.1:1", "rdis": "x"}]})",
                ": servers[0]: ", "'rdis' means nothing"},
        BadText{R"({"servers": {"one": "127.0.0.1:1"}})", ": servers: ", "'one' is no server's id"},
        BadText{R"({"servers": {"01": "127.0.0.1:1"}})", ": servers: ", "'01' is no server's id"},
        BadText{R"({"servers": {"1": "x"}})", ": servers.1: ", "is no address"},
        BadText{R"({"servers": {"1": "127.0.0.1:1", "2": "127.0.0.1:1"}})",
                ": servers.2: ", "127.0.0.1:1 is the address of server 1"},
        BadText{
            R"({"servers": [{"sid": 1, "address": "127.0.0.1:1"}, {"sid": 1, "address": "127.0.0.1:2"}]})",
            ": servers[1]: ", "the id 1 is that of another server"},
        BadText{R"({"servers": [{"sid": 1, "address": "127.0.0.1:1", "redis": "127.0.0.1:9"},
                                {"sid": 2, "address": "127.0.0.1:9"}]})",
                ": servers[1]: ", "127.0.0.1:9 is where Redis clients reach server 1"},
        BadText{R"({"servers": [{"sid": 1, "address": "127.0.0.1:1"},
                                {"sid": 2, "address": "127.0.0.1:2", "redis": "127.0.0.1:1"}]})",
                ": servers[1]: ", "127.0.0.1:1 is the address of server 1"},
        BadText{R"({"multicast": "10.0.0.1:7000", "servers": {"1": "127.0.0.1:1"}})",
                ": multicast: ", "'\"10.0.0.1:7000\"' is no multicast group"},
        BadText{R"({"multicast": "239.255.7.1", "servers": {"1": "127.0.0.1:1"}})",
                ": multicast: ", "is no multicast group"},
        BadText{R"({"multicast": "239.255.7.1:0", "servers": {"1": "127.0.0.1:1"}})",
                ": multicast: ", "is no multicast group"},
        BadText{R"({"multicast": true, "servers": {"1": "127.0.0.1:1"}})",
                ": multicast: ", "'true' is no multicast group"},
        BadText{R"({"sid": 2, "servers": {"1": "127.0.0.1:1"}})", ": sid: ", "2 is none of the servers"}));

TEST(ServerConfiguration, HasAtMostFifteenServers) {
    std::string servers;
    for (int i = 0; i < 16; ++i)
        servers += (i == 0 ? "\"" : ", \"") + std::to_string(i) +
                   "\": \"10.0.0.1:" + std::to_string(7000 + i) + "\"";
    EXPECT_THAT(error_in(R"({"servers": {)" + servers + "}}"), HasSubstr("of 1 to 15 servers"));
}

TEST(ServerConfiguration, IsNotShakenByDepth) {
    EXPECT_THAT(error_in(std::string(500'000, '[')), HasSubstr("too deep"));
    EXPECT_THAT(error_in(R"({"servers": )" + std::string(250'000, '[') + std::string(250'000, ']') + "}"),
                HasSubstr("too deep"));
}

TEST(ServerConfiguration, TakesItsIdFromTheFirstPlaceThatHasOne) {
    auto configuration = parse_server_configuration(kLong, "paxos.config.json");
    EXPECT_EQ(this_server(configuration, {"1", "2", "3"}).sid, 1);
    EXPECT_EQ(this_server(configuration, {nullptr, "2", "3"}).sid, 2);
    EXPECT_EQ(this_server(configuration, {nullptr, nullptr, "3"}).sid, 3);
    EXPECT_EQ(
        error_of([&] { this_server(configuration, {}); }),
        "which of the servers of paxos.config.json is this? expected --sid, SYNOD_SID or PAXOS_SID in the "
        "environment, or \"sid\" in the file: one of 1, 2, 3");
    configuration.sid = 2;
    EXPECT_EQ(this_server(configuration, {}).sid, 2);
    EXPECT_EQ(error_of([&] {
                  this_server(configuration, {nullptr, "4", "1"});
              }),
              "SYNOD_SID: '4' is no server of paxos.config.json; expected one of 1, 2, 3");
    EXPECT_THAT(error_of([&] {
                    this_server(configuration, {"", "1"});
                }),
                StartsWith("--sid: '' is no server"));
}

TEST(ClientConfiguration, HasNoGroupBecauseClientsUseNone) {
    EXPECT_THAT(error_of([] {
                    parse_client_configuration(
                        R"({"multicast": "239.255.7.1:7000", "servers": {"1": "127.0.0.1:1"}})", "f");
                }),
                HasSubstr("'multicast' means nothing here"));
}

TEST(ClientConfiguration, NamesALeaderAndTheServersToTry) {
    const auto configuration = parse_client_configuration(
        R"({"leader": 2, "servers": {"1": "127.0.0.1:7001", "2": "127.0.0.1:7002"}})", "client.config.json");
    EXPECT_EQ(configuration.leader, ServerId{2});
    EXPECT_EQ(configuration.servers.size(), 2U);
    EXPECT_EQ(parse_client_configuration(kLong, "f").leader, std::nullopt);
    EXPECT_THAT(
        error_of([] {
            parse_client_configuration(R"({"leader": 7, "servers": {"1": "127.0.0.1:1"}})",
                                       "client.config.json");
        }),
        AllOf(StartsWith("client.config.json: leader: 7 is none of the servers"), HasSubstr("one of 1")));
}

class ServerConfigurationFile : public InTemporaryDirectory {};

TEST_F(ServerConfigurationFile, IsRead) {
    EXPECT_EQ(read_server_configuration(write("my.json", kShort)).servers.size(), 2U);
    EXPECT_THAT(error_of([&] { read_server_configuration(path("none")); }), HasSubstr("No such file"));
    EXPECT_THAT(error_of([&] { read_client_configuration("/dev/zero"); }), HasSubstr("larger than 1 MiB"));
}

TEST_F(ServerConfigurationFile, HasSamples) {
    const std::string examples = SYNOD_SOURCE_DIR "/examples/";
    EXPECT_EQ(read_server_configuration(examples + "paxos.config.json").servers.size(), 3U);
    EXPECT_NE(read_server_configuration(examples + "paxos.multicast.config.json").multicast, std::nullopt);
    EXPECT_EQ(read_client_configuration(examples + "client.config.json").leader, ServerId{1});
}

TEST_F(ServerConfigurationFile, HasASchemaThatNamesAllThatMayStandInIt) {
    const auto names = [](const nlohmann::json& object) {
        std::vector<std::string> all;
        for (const auto& [name, value] : object.items())
            all.push_back(name);
        return all;
    };
    using Names = std::vector<std::string>;
    for (const auto& [file, own] : {std::pair{"paxos", Names{"$schema", "servers", "sid", "multicast"}},
                                    std::pair{"client", Names{"$schema", "servers", "leader"}}}) {
        std::ifstream in(std::string(SYNOD_SOURCE_DIR "/examples/") + file + ".config.schema.json");
        const auto schema = nlohmann::json::parse(in);
        EXPECT_THAT(names(schema["properties"]), testing::UnorderedElementsAreArray(own));
        EXPECT_THAT(names(schema["$defs"]["server"]["properties"]),
                    testing::UnorderedElementsAre("sid", "address", "redis"));
    }
}

}  // namespace
}  // namespace synod::cli
