#include "synod/member/own_session.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "synod/core/batch.hpp"
#include "synod/node/session.hpp"

namespace synod::member {
namespace {

std::vector<std::byte> value(std::string_view command) {
    std::vector<std::byte> bytes;
    bytes.reserve(command.size() + kValueOverhead);
    encode({Value::Kind::command, {}, as_bytes(command)}, bytes);
    return bytes;
}

class OwnSessionTest : public testing::Test {
protected:
    void submit(std::string_view command) {
        session_.submit({Value::Kind::command, {}, as_bytes(command)}, {});
    }
    // The value of this command comes out of the log: how many before it are lost.
    std::optional<std::size_t> comes(std::string_view command) { return session_.comes(value(command)); }
    // All that is written is sent, and decided.
    void empty_client() {
        Outbox outbox;
        const Time later = Time{} + milliseconds(1);
        client_.flush(later, outbox);
        client_.flush(later, outbox);  // with the run that was open
        Ack ack;
        ack.session = client_.session();
        ack.next = client_.written_below();
        client_.on(ack, Sender{}, later, outbox);
        client_.check_invariants();
    }
    void write_all() {
        for (int rounds = 0; !session_.has_room() && rounds < 10; ++rounds) {
            empty_client();
            EXPECT_TRUE(session_.has_work());
            session_.go_on({});
        }
        EXPECT_TRUE(session_.has_room());
        EXPECT_FALSE(session_.has_work());
    }

    Client client_{Client::Options{.session = {1, 2}, .buffer_bytes_max = 40'000}};
    OwnSession session_{client_};
};

TEST_F(OwnSessionTest, ValuesComeInTheOrderInWhichTheyWereSubmitted) {
    for (const char* command : {"a", "b", "c"})
        submit(command);
    for (const char* command : {"a", "b", "c"})
        EXPECT_EQ(comes(command), 0U);
    EXPECT_EQ(comes("c"), std::nullopt);  // none is under way
}

TEST_F(OwnSessionTest, OfTwoEqualValuesEachComesInItsTurn) {
    for (const char* command : {"same", "same", "other"})
        submit(command);
    EXPECT_EQ(comes("same"), 0U);
    EXPECT_EQ(comes("same"), 0U);
    EXPECT_EQ(comes("other"), 0U);
}

TEST_F(OwnSessionTest, AValueThatTheClientDoesNotTakeWholeLeavesNoRoomForOthers) {
    submit(std::string(100'000, 'x'));
    EXPECT_FALSE(session_.has_room());
    EXPECT_FALSE(session_.has_work());
}

TEST_F(OwnSessionTest, WhatTheClientDidNotTakeIsWrittenWhenItHasRoom) {
    const std::string large(100'000, 'x');
    submit(large);
    write_all();
    submit("next");
    EXPECT_EQ(client_.values_written(), 2U);
    EXPECT_EQ(comes(large), 0U);
    EXPECT_EQ(comes("next"), 0U);
}

TEST_F(OwnSessionTest, WhatASnapshotCoversIsLostAndTheRestIsStillUnderWay) {
    submit("first");
    submit(std::string(20'000, 'x'));
    const PieceNumber covered = client_.written_below();
    submit("third");
    EXPECT_EQ(session_.skip_to(covered), 2U);
    EXPECT_EQ(session_.skip_to(covered), 0U);
    EXPECT_EQ(comes("first"), std::nullopt);
    EXPECT_EQ(comes("third"), 0U);
}

TEST_F(OwnSessionTest, AValueOfWhichASnapshotCoversAPartIsStillUnderWay) {
    submit("first");
    submit(std::string(100'000, 'x'));
    EXPECT_EQ(session_.skip_to(client_.written_below()), 1U);
    write_all();
    EXPECT_EQ(comes(std::string(100'000, 'x')), 0U);
}

// What the log brings when all is well, and when somebody has forged runs of the session.
TEST_F(OwnSessionTest, AValueThatIsNoneOfThoseUnderWayIsTold) {
    EXPECT_EQ(comes("forged"), std::nullopt);
    submit("command");
    EXPECT_EQ(comes("forged"), std::nullopt);
    EXPECT_EQ(comes("command"), 0U);
}

TEST_F(OwnSessionTest, AValueWhoseNumberAForgedOneTookIsLostWhenTheNextComes) {
    for (const char* command : {"first", "second", "third"})
        submit(command);
    EXPECT_EQ(comes("forged"), std::nullopt);
    EXPECT_EQ(comes("second"), 1U);
    EXPECT_EQ(comes("first"), std::nullopt);
    EXPECT_EQ(comes("third"), 0U);
}

TEST_F(OwnSessionTest, AValueWhoseNumberWasTakenBeforeItWasSubmittedIsLost) {
    const PieceNumber taken = client_.written_below().next();
    EXPECT_EQ(session_.skip_to(taken), 0U);
    submit("late");
    submit("in time");
    EXPECT_EQ(session_.skip_to(taken), 1U);
    EXPECT_EQ(comes("in time"), 0U);
}

TEST_F(OwnSessionTest, WhatIsNotWrittenYetCannotHaveComeOutOfTheLog) {
    const std::string large(100'000, 'x');
    submit(large);
    EXPECT_EQ(comes(large), std::nullopt);
}

TEST_F(OwnSessionTest, ASessionIsOvertakenWhenMoreComesOutOfTheLogThanWentIn) {
    EXPECT_FALSE(session_.is_overtaken({}));
    submit("a");
    EXPECT_FALSE(session_.is_overtaken(client_.written_below()));
    EXPECT_TRUE(session_.is_overtaken(client_.written_below().next()));
}

TEST_F(OwnSessionTest, InAnotherSessionAllThatWasUnderWayIsLostAndNoneOfItIsSent) {
    const SessionId before = session_.id();
    submit("a");
    submit("b");
    submit(std::string(100'000, 'x'));
    EXPECT_EQ(session_.begin_another(), 3U);
    EXPECT_NE(session_.id(), before);
    EXPECT_EQ(node::client_of(session_.id()), node::client_of(before));
    submit("c");
    EXPECT_EQ(comes("a"), std::nullopt);
    Outbox outbox;
    client_.flush({}, outbox);
    ASSERT_EQ(outbox.sends.size(), 1U);
    const auto run = read_single_run(std::get<Submit>(outbox.sends[0].message).run);
    EXPECT_EQ(run->session(), session_.id());
    EXPECT_EQ(run->first(), PieceNumber{});
    EXPECT_EQ(as_text(run->pieces()), as_text(value("c")));
    EXPECT_EQ(comes("c"), 0U);
}

}  // namespace
}  // namespace synod::member
