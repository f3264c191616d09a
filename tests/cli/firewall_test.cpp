#include "synod/cli/firewall.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace synod::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Traffic kTraffic{"lo", {{0xef010203, 5001}, {0xef010203, 5002}}, 0x7f000001};

std::size_t rules_in(const std::string& line) {
    return dropping_rules_of_iptables("*filter\n" + line + "\n", kTraffic).size();
}

TEST(Iptables, RulesThatDropTheGroupsAreNamedWithTheirRemedy) {
    const auto found = dropping_rules_of_iptables(
        "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 239.1.2.3/32 -p udp -m udp --dport 5002 -j "
        "DROP\nCOMMIT\n",
        kTraffic);
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_THAT(found[0].text, AllOf(HasSubstr("--dport 5002 -j DROP"), HasSubstr("table raw")));
    EXPECT_EQ(found[0].remedy,
              "iptables -t raw -D PREROUTING -d 239.1.2.3/32 -p udp -m udp --dport 5002 -j DROP");
}

TEST(Iptables, EveryWayToHitTheGroupsIsSeen) {
    EXPECT_EQ(rules_in("-A INPUT -p udp -j DROP"), 1U);
    EXPECT_EQ(rules_in("-A INPUT -j DROP"), 1U);
    EXPECT_EQ(rules_in("-A OUTPUT -d 224.0.0.0/4 -j REJECT --reject-with icmp-port-unreachable"), 1U);
    EXPECT_EQ(rules_in("-A INPUT -p udp -m multiport --dports 1,5002 -j DROP"), 1U);
    EXPECT_EQ(rules_in("-A INPUT -p udp -m udp --dport 5000:5010 -j DROP"), 1U);
    EXPECT_EQ(rules_in("-A INPUT ! -d 10.0.0.0/8 -i lo -j DROP"), 1U);
    EXPECT_EQ(rules_in("-A INPUT ! -i eth0 -j DROP"), 1U);
    EXPECT_EQ(rules_in("-A INPUT -d 127.0.0.1/32 -p udp -j DROP"), 1U) << "answers go to the processes alone";
    EXPECT_EQ(rules_in("-A INPUT -p udp -m udp --dport 40000:50000 -j DROP"), 1U) << "ephemeral ports";
}

TEST(Iptables, WhatHitsOthersIsNot) {
    EXPECT_EQ(rules_in("-A INPUT -p tcp -j DROP"), 0U);
    EXPECT_EQ(rules_in("-A INPUT -d 239.9.9.9/32 -p udp -j DROP"), 0U);
    EXPECT_EQ(rules_in("-A INPUT -p udp -m udp --dport 53 -j DROP"), 0U);
    EXPECT_EQ(rules_in("-A INPUT -i eth0 -j DROP"), 0U);
    EXPECT_EQ(rules_in("-A INPUT ! -i lo -j DROP"), 0U);
    EXPECT_EQ(rules_in("-A INPUT ! -p udp -j DROP"), 0U);
    EXPECT_EQ(rules_in("-A FORWARD -j DROP"), 0U);
    EXPECT_EQ(rules_in("-A INPUT -p udp -j ACCEPT"), 0U);
    EXPECT_EQ(rules_in(":FORWARD DROP [0:0]"), 0U);
    EXPECT_EQ(rules_in("# a comment"), 0U);
}

TEST(Iptables, APolicyThatDropsIsARule) {
    const auto found =
        dropping_rules_of_iptables("*filter\n:INPUT DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n", kTraffic);
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_THAT(found[0].text, HasSubstr("the policy of the chain INPUT"));
    EXPECT_THAT(found[0].remedy, HasSubstr("iptables -I INPUT -p udp -d 239.1.2.3 --dport 5001 -j ACCEPT"));
}

TEST(Nft, RulesAndPoliciesThatDropTheGroupsAreNamed) {
    const auto found = dropping_rules_of_nft(
        "table inet filter {\n"
        "\tchain input {\n"
        "\t\ttype filter hook input priority filter; policy drop;\n"
        "\t\tudp dport { 53, 5002 } counter packets 0 bytes 0 drop\n"
        "\t\tudp dport 53 drop\n"
        "\t\ttcp dport 5002 drop\n"
        "\t\tip daddr 10.0.0.0/8 drop\n"
        "\t\tiifname \"eth0\" drop\n"
        "\t}\n"
        "\tchain forward {\n"
        "\t\ttype filter hook forward priority filter; policy drop;\n"
        "\t\tdrop\n"
        "\t}\n"
        "}\n",
        kTraffic);
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_THAT(found[0].text, HasSubstr("the policy of chain input of nft table inet filter is drop"));
    EXPECT_THAT(found[1].text, HasSubstr("udp dport { 53, 5002 }"));
    EXPECT_THAT(found[1].remedy, HasSubstr("nft -a list chain inet filter input"));
}

TEST(Nft, TablesOfIptablesAreLeftToIptables) {
    EXPECT_THAT(dropping_rules_of_nft("# Warning: table ip filter is managed by iptables-nft, do not touch!\n"
                                      "table ip filter {\n\tchain INPUT {\n\t\tdrop\n\t}\n}\n",
                                      kTraffic),
                IsEmpty());
}

}  // namespace
}  // namespace synod::cli
