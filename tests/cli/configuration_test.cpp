#include "synod/cli/configuration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/temporary_directory.hpp"
#include "synod/cli/text.hpp"

namespace synod::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kGroups =
    "clients 239.1.2.3 5001\n"
    "proposers 239.1.2.3 5002\n"
    "acceptors 239.1.2.3 5003\n"
    "learners 239.1.2.3 5004\n";

node::Options parsed(const std::string& text) {
    node::Options options;
    parse_configuration(text, "paxos.conf", options);
    return options;
}

std::string error_of(const std::string& text) {
    try {
        parsed(text);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "no error";
}

Endpoint group(const node::Options& options, Role role) {
    return options.groups[static_cast<std::size_t>(role)];
}

TEST(Configuration, NamesTheGroupOfEachRole) {
    const node::Options options = parsed(kGroups);
    EXPECT_EQ(group(options, Role::client), (Endpoint{0xef010203, 5001}));
    EXPECT_EQ(group(options, Role::proposer), (Endpoint{0xef010203, 5002}));
    EXPECT_EQ(group(options, Role::acceptor), (Endpoint{0xef010203, 5003}));
    EXPECT_EQ(group(options, Role::learner), (Endpoint{0xef010203, 5004}));
    EXPECT_EQ(options.interface, "lo");
    EXPECT_EQ(options.acceptors, 3U);
    EXPECT_EQ(options.history_bytes, std::uint64_t{256} << 20);
}

TEST(Configuration, MayUseAnyWhiteSpaceCommentsAndNoFinalNewline) {
    const node::Options plain = parsed(kGroups);
    const node::Options odd = parsed(
        "\xef\xbb\xbf# a comment\r\n"
        "\r\n"
        "\t client \t 239.1.2.3\t\t5001  # the clients\r\n"
        "learner 239.1.2.3 5004#close\n"
        "   #   nothing here\n"
        "acceptor 239.1.2.3 5003\r\n"
        "proposer\v239.1.2.3\f5002");
    EXPECT_EQ(odd.groups, plain.groups);
    EXPECT_EQ(odd.cluster, plain.cluster);
}

TEST(Configuration, TakesItsGroupLinesForTheNameOfTheCluster) {
    const std::string name = parsed(kGroups).cluster;
    EXPECT_EQ(
        name,
        "client 239.1.2.3:5001, proposer 239.1.2.3:5002, acceptor 239.1.2.3:5003, learner 239.1.2.3:5004");
    EXPECT_EQ(parsed(kGroups + "cluster blue\n").cluster, "blue");
}

TEST(Configuration, TakesEverySettingOfOurOwn) {
    const node::Options options = parsed(
        kGroups +
        "interface eth0\nrun 7\nacceptors 5\nhistory 1GiB\nreceive-buffer 256K\nloss 0.1\nduplicate 0.2\n"
        "reorder 0.3\nseed 9\nbatch 1\ndirect-2b off\nproactive-phase1 off\n"
        "leader lowest-id\nleader-ping 20ms\nleader-suspect 0.5s\n");
    EXPECT_EQ(options.interface, "eth0");
    EXPECT_EQ(options.run, 7U);
    EXPECT_EQ(options.acceptors, 5U);
    EXPECT_EQ(options.history_bytes, std::uint64_t{1} << 30);
    EXPECT_EQ(options.receive_buffer_bytes, std::uint64_t{256} << 10);
    EXPECT_EQ(options.faults.loss, 0.1);
    EXPECT_EQ(options.faults.duplicate, 0.2);
    EXPECT_EQ(options.faults.reorder, 0.3);
    EXPECT_EQ(options.faults.seed, 9U);
    EXPECT_EQ(options.policy.batch_values, 1U);
    EXPECT_FALSE(options.policy.direct_2b);
    EXPECT_FALSE(options.policy.proactive_phase1);
    EXPECT_EQ(options.leader.oracle, Oracle::lowest_id);
    EXPECT_EQ(options.leader.ping, milliseconds(20));
    EXPECT_EQ(options.leader.suspect, milliseconds(500));
}

TEST(Configuration, TellsTheNumberOfAcceptorsFromTheirGroup) {
    EXPECT_EQ(parsed("acceptors 7\n" + kGroups).acceptors, 7U);
    EXPECT_THAT(error_of("acceptors 239.1.2.3"), HasSubstr("too few words; expected <role> <ip> <port>"));
}

struct BadLine {
    const char* line;
    const char* what;
    const char* expected;
};

class BadLines : public ::testing::TestWithParam<BadLine> {};

TEST_P(BadLines, AreNamedWithWhatIsWrongAndWhatWasExpected) {
    const BadLine& bad = GetParam();
    EXPECT_THAT(error_of("# first\n\n" + std::string(bad.line) + "\n"),
                AllOf(StartsWith("paxos.conf:3: "), HasSubstr(bad.what),
                      HasSubstr(std::string("; expected ") + bad.expected)));
}

INSTANTIATE_TEST_SUITE_P(
    Configuration, BadLines,
    ::testing::Values(
        BadLine{"proposers 300.1.1.1 x", "'proposers 300.1.1.1 x': '300.1.1.1' is not an IPv4 address",
                "<role> <ip> <port>"},
        BadLine{"proposers localhost 1", "'localhost' is not an IPv4 address", "<role> <ip> <port>"},
        BadLine{"client 10.0.0.1 5000", "'10.0.0.1' is not a multicast address",
                "an address from 224.0.0.0 to 239.255.255.255"},
        BadLine{"client 240.0.0.0 5000", "'240.0.0.0' is not a multicast address", "an address from"},
        BadLine{"client 239.1.2.3 0", "'0' is not a port", "<role> <ip> <port> with a port from 1 to 65535"},
        BadLine{"client 239.1.2.3 65536", "'65536' is not a port", "<role> <ip> <port>"},
        BadLine{"client 239.1.2.3 -1", "'-1' is not a port", "<role> <ip> <port>"},
        BadLine{"client 239.1.2.3 http", "'http' is not a port", "<role> <ip> <port>"},
        BadLine{"client 239.1.2.3", "too few words", "<role> <ip> <port>"},
        BadLine{"client", "too few words", "<role> <ip> <port>"},
        BadLine{"client 239.1.2.3 1 2", "too many words", "<role> <ip> <port>"},
        BadLine{"leaders 239.1.2.3 1", "'leaders' is neither a role nor a setting",
                "<role> <ip> <port> (roles: client"},
        BadLine{"leader 239.1.2.3 1", "too many words", "leader and an oracle"},
        BadLine{"leader raft", "'raft' does not do", "an oracle: none, lowest-id, bully or ble"},
        BadLine{"leader", "too few words", "leader and an oracle"},
        BadLine{"leader-ping soon", "'soon' does not do", "a time from 1ms to an hour"},
        BadLine{"leader-ping 10", "'10' does not do", "a time"},
        BadLine{"leader-ping 0ms", "'0ms' does not do", "a time"},
        BadLine{"leader-suspect nans", "'nans' does not do", "a time"},
        BadLine{"leader-suspect 2h", "'2h' does not do", "a time"},
        BadLine{"\x01\x02\xff\x80", "is neither a role nor a setting", "<role> <ip> <port>"},
        BadLine{"loss", "too few words", "loss and a probability"},
        BadLine{"loss 0.1 0.2", "too many words", "loss and a probability"},
        BadLine{"loss 1.5", "'1.5' does not do", "a probability from 0 to 1 (loss 0.1)"},
        BadLine{"duplicate nan", "'nan' does not do", "a probability"},
        BadLine{"reorder x", "'x' does not do", "a probability"},
        BadLine{"seed -3", "'-3' does not do", "a number"},
        BadLine{"run seven", "'seven' does not do", "a number"},
        BadLine{"run 0", "'0' does not do", "a number from 1 on"},
        BadLine{"acceptors 0", "'0' does not do", "a number from 1 to 15"},
        BadLine{"acceptors 16", "'16' does not do", "a number from 1 to 15"},
        BadLine{"history much", "'much' does not do", "a size in bytes"},
        BadLine{"history 1K", "'1K' does not do", "a size in bytes, at least 1M"},
        BadLine{"receive-buffer 4K", "'4K' does not do", "a size in bytes from 64K to 512M"},
        BadLine{"receive-buffer 600M", "'600M' does not do", "a size in bytes from 64K to 512M"},
        BadLine{"batch -1", "'-1' does not do", "the most values"},
        BadLine{"direct-2b maybe", "'maybe' does not do", "on or off"},
        BadLine{"proactive-phase1 1", "'1' does not do", "on or off"},
        BadLine{"interface averyverylongname", "does not do", "a network interface"}));

TEST(Configuration, RefusesToBeToldTwice) {
    EXPECT_THAT(error_of(kGroups + "client 239.1.2.9 6000\n"),
                AllOf(StartsWith("paxos.conf:5: 'client 239.1.2.9 6000'"),
                      HasSubstr("'client' was given on line 1 already")));
    EXPECT_THAT(error_of("loss 0\nloss 0.1\n"), HasSubstr("'loss' was given on line 1 already"));
    EXPECT_THAT(
        error_of("client 239.1.2.3 1\nlearner 239.1.2.3 1\n"),
        AllOf(StartsWith("paxos.conf:2: "), HasSubstr("239.1.2.3:1 is the group of 'client' already")));
}

TEST(Configuration, WantsALeaderToBeSuspectedNoSoonerThanItPings) {
    EXPECT_THAT(error_of(kGroups + "leader-suspect 15ms\nleader-ping 10ms\n"),
                AllOf(StartsWith("paxos.conf:5: a leader is suspected after 15ms, but pings every 10ms"),
                      HasSubstr("; expected leader-suspect to be twice leader-ping or more")));
    EXPECT_EQ(parsed(kGroups + "leader-suspect 20ms\nleader-ping 10ms\n").leader.suspect, milliseconds(20));
}

TEST(Configuration, NamesARoleThatIsMissing) {
    EXPECT_THAT(error_of("client 239.1.2.3 1\nproposer 239.1.2.3 2\nlearner 239.1.2.3 3\n"),
                AllOf(StartsWith("paxos.conf: no line for role 'acceptor'"),
                      HasSubstr("expected <role> <ip> <port>")));
    EXPECT_THAT(error_of(""), HasSubstr("no line for role 'client'"));
}

class ConfigurationFile : public InTemporaryDirectory {
protected:
    static std::string error_of_file(const std::string& file) {
        node::Options options;
        try {
            read_configuration(file, options);
        } catch (const UsageError& error) {
            return error.what();
        }
        return "no error";
    }
};

TEST_F(ConfigurationFile, IsReadAndRemembered) {
    node::Options options;
    read_configuration(write("my.conf", kGroups), options);
    EXPECT_EQ(options.configuration, path("my.conf"));
    EXPECT_EQ(group(options, Role::learner).port, 5004);
}

TEST_F(ConfigurationFile, ThatCannotBeReadIsNamed) {
    EXPECT_THAT(error_of_file(path("none")),
                AllOf(HasSubstr("cannot read the configuration"), HasSubstr("No such file")));
    EXPECT_THAT(error_of_file(directory_), HasSubstr("Is a directory"));
    EXPECT_THAT(error_of_file(write("huge", std::string(2 << 20, '#'))), HasSubstr("larger than 1 MiB"));
    EXPECT_THAT(error_of_file("/dev/zero"), HasSubstr("larger than 1 MiB"));
    EXPECT_THAT(error_of_file(write("garbage", std::string(1000, '\0'))), HasSubstr("garbage:1: '\\x00"));
}

TEST_F(ConfigurationFile, StandsAtTheRootAsASample) {
    EXPECT_EQ(error_of_file(SYNOD_SOURCE_DIR "/paxos.conf"), "no error");
}

}  // namespace
}  // namespace synod::cli
