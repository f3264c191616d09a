#include "synod/trace/text.hpp"

#include <gtest/gtest.h>

#include "core/core_test.hpp"
#include "synod/trace/describe.hpp"
#include "synod/trace/names.hpp"
#include "synod/trace/recording.hpp"
#include "synod/trace/role_watch.hpp"

namespace synod::trace {
namespace {

using namespace synod::test;

class TextTest : public testing::Test {
protected:
    // A proposer says something to all acceptors; its number.
    std::uint64_t say(const Message& message, Time now = ms(1)) {
        watch_.sent(message, Destination::to_group(Role::acceptor), std::nullopt, ++messages_, now);
        return messages_;
    }
    [[nodiscard]] std::string text(const TextOptions& options = {}) const {
        return text_of(recording_.events(), options);
    }

    Recording recording_;
    RoleWatch watch_{{Role::proposer, 1, false}, recording_};
    RoleWatch acceptor_{{Role::acceptor, 2, false}, recording_};
    std::uint64_t messages_ = 0;
};

TEST_F(TextTest, AMessageIsALineWithItsNameAndWhatItSays) {
    say(Prepare{b(2), i(7)});
    EXPECT_EQ(text(), "    1.000  proposer 1  sends 1A to acceptors        ballot 2.1, instance 7 on\n");
}

TEST(Shown, AValueIsItsTextOrTheBeginningOfThatOrItsLength) {
    EXPECT_EQ(shown(v("yes")), "\"yes\"");
    EXPECT_EQ(shown(v("c1-0-and so on and so forth")), "\"c1-0-and...\"");
    EXPECT_EQ(shown(v("not\na text")), "<10 bytes>");
}

TEST_F(TextTest, ALostMessageIsTold) {
    acceptor_.lost(say(Prepare{b(2), i(0)}), {Role::proposer, 1, false}, ms(2), "cut");
    EXPECT_NE(text().find("    2.000  acceptor 2  misses 1A from proposer 1    cut\n"), std::string::npos);
}

TEST_F(TextTest, ArrivalsAreToldOnlyWhenAskedFor) {
    acceptor_.received(say(Prepare{b(2), i(0)}), {Role::proposer, 1, false}, ms(2));
    EXPECT_EQ(text().find("receives"), std::string::npos);
    EXPECT_NE(text({.receptions = true}).find("acceptor 2  receives 1A from proposer 1"), std::string::npos);
}

TEST_F(TextTest, ABeaconThatSaysNothingNewIsChatter) {
    say(Beacon{{b(1), i(0), i(0)}, i(1)}, ms(1));
    say(Beacon{{b(1), i(0), i(0)}, i(1)}, ms(2));
    say(Beacon{{b(1), i(0), i(1)}, i(1)}, ms(3));
    const std::string told = text();
    EXPECT_NE(told.find("    1.000"), std::string::npos);
    EXPECT_EQ(told.find("    2.000"), std::string::npos);
    EXPECT_NE(told.find("    3.000"), std::string::npos);
    EXPECT_NE(text({.chatter = true}).find("    2.000"), std::string::npos);
}

TEST_F(TextTest, ABallotOfALaterLifeIsMarked) {
    const Ballot first{Round{1}, ProposerId{0}, Incarnation{7}};
    const Ballot second{Round{1}, ProposerId{0}, Incarnation{8}};
    say(Prepare{first, i(0)});
    say(Prepare{second, i(0)});
    const std::string told = text();
    EXPECT_NE(told.find("ballot 1.0, "), std::string::npos);
    EXPECT_NE(told.find("ballot 1.0', "), std::string::npos);
}

TEST(RangesText, IsShort) {
    EXPECT_EQ(text_of(std::vector<Range>{}), "");
    EXPECT_EQ(text_of({range(0, 1)}), "0");
    EXPECT_EQ(text_of({range(0, 1), range(2, 5), {i(7), kInstanceEnd}}), "0, 2-4, 7 on");
}

TEST(Names, OfProcessesCanBeReadBack) {
    for (const Who& who :
         {Who{Role::acceptor, 3, false}, Who{Role::client, 0, false}, Who{Role::learner, 0, true}})
        EXPECT_EQ(parse_who(name_of(who)), who) << name_of(who);
    for (const char* wrong : {"", "s", "acceptor", "acceptor x", "acceptor 1 2", "acceptor -1", "processs"})
        EXPECT_EQ(parse_who(wrong), std::nullopt) << wrong;
}

TEST(Names, OfMessagesAreThePapers) {
    EXPECT_EQ(name_of_type(5), "2A");
    EXPECT_EQ(parse_type("1B"), 4);
    EXPECT_EQ(parse_type("3A"), std::nullopt);
    EXPECT_EQ(parse_type("?"), std::nullopt);
}

}  // namespace
}  // namespace synod::trace
