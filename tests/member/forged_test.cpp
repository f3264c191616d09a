#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "member/member_test.hpp"
#include "net/loopback.hpp"
#include "synod/core/batch.hpp"
#include "synod/member/replicated.hpp"
#include "synod/member/value.hpp"
#include "synod/wire/codec.hpp"
#include "synod/wire/header.hpp"

namespace synod::member {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

// One who hears what members say, at the address of one of them, and says what members might.
class Forger {
public:
    explicit Forger(net::Address address) : network_({.local = address}) {}

    // Learns the session in which the member of this id submits.
    void listen_to(std::uint16_t id) {
        for (int k = 0; k < 100 && !session_; ++k)
            for (const auto& arrived : net::test::receive(network_, network_.descriptors()[0], 1))
                hear(arrived.bytes, id);
        ASSERT_TRUE(session_) << "nothing was submitted";
    }
    // Brings the value into that session so many times, with numbers from this one on.
    void submit(const Value& value, std::uint64_t number, unsigned times,
                const std::vector<net::Address>& to) {
        std::vector<std::byte> bytes;
        encode(value, bytes);
        BatchWriter run(1 << 10);
        for (unsigned k = 0; k < times; ++k)
            ASSERT_TRUE(run.add(*session_, PieceNumber{number + k}, bytes, true));
        wire::Encoder encoder({cluster_, run_, Role::client, 3, Incarnation{12345}});
        wire::Scratch scratch;
        const wire::Encoded datagram = encoder.encode(Submit{run.finish()}, scratch);
        for (const net::Address address : to)
            network_.queue(address, datagram.head, datagram.body);
        network_.flush();
    }

private:
    void hear(Bytes datagram, std::uint16_t id) {
        const wire::Header header = wire::read_header(datagram.data());
        wire::Decoder decoder(header.cluster, header.run, 3);
        const auto heard = decoder.decode(datagram);
        if (!heard || heard->sender.id != id || !std::holds_alternative<Submit>(heard->message)) return;
        cluster_ = header.cluster;
        run_ = header.run;
        session_ = RunReader(std::get<Submit>(heard->message).run).next()->session();
    }

    net::Network network_;
    std::optional<SessionId> session_;
    std::uint64_t cluster_ = 0;
    std::uint64_t run_ = 0;
};

// Two members of three, and a forger in the place of the third. The first is driven here, so that what is
// forged comes before what it submits afterwards.
class ForgedSubmits : public Members {
protected:
    void SetUp() override {
        Members::SetUp();
        Configuration driven = configuration(1);
        driven.drive = Configuration::Drive::caller;
        forger_.emplace(*net::parse_address(addresses_[2]));
        second_.emplace(configuration(2));
        first_.emplace(driven);
        submit("5");
        ASSERT_THAT(told_when(1), ElementsAre("0:5"));
        forger_->listen_to(1);
    }
    void submit(std::string_view addend) { first_->submit(as_bytes(addend), Deadline::max(), told()); }
    void forge(const Value& value, std::uint64_t number, unsigned times = 1) {
        forger_->submit(value, number, times,
                        {*net::parse_address(addresses_[0]), *net::parse_address(addresses_[1])});
    }
    // Drives the first member until so many outcomes are known.
    std::vector<std::string> told_when(std::size_t count) {
        drive_until(first_->member(), [&] { return outcomes_.now().size() >= count; });
        return outcomes_.now();
    }

    std::optional<Forger> forger_;
    std::optional<Replicated<Sum>> first_;
    std::optional<Replicated<Sum>> second_;
};

TEST_F(ForgedSubmits, ACommandWhoseNumberTheyTookIsUnknownAndTheOthersHaveTheirOwnAnswers) {
    forge({Value::Kind::command, {}, as_bytes("100")}, 1);
    for (const char* addend : {"7", "-2", "1"})
        submit(addend);
    EXPECT_THAT(told_when(4), ElementsAre("0:5", "unknown", "2:103", "3:104"));
}

TEST_F(ForgedSubmits, TheLastCommandIsToldThatItsNumberWasTakenAlthoughNothingComesAfterIt) {
    forge({Value::Kind::command, {}, as_bytes("100")}, 1);
    submit("7");
    EXPECT_THAT(told_when(2), ElementsAre("0:5", "unknown"));
    submit("-2");
    EXPECT_THAT(told_when(3), ElementsAre("0:5", "unknown", "2:103"));
}

TEST_F(ForgedSubmits, AReadThroughTheLogWhoseNumberTheyTookIsNotReached) {
    forge({Value::Kind::command, {}, as_bytes("100")}, 1);
    const auto use = [this](const Sum* sum) {
        outcomes_.add(sum ? std::to_string(sum->total) : "not reached");
    };
    first_->read(Consistency::through_log, Deadline::max(), use);
    first_->read(Consistency::through_log, Deadline::max(), use);
    EXPECT_THAT(told_when(3), UnorderedElementsAre("0:5", "not reached", "105"));
}

TEST_F(ForgedSubmits, WhenTheyTookNumbersAheadWhatIsUnderWayIsUnknownAndTheMemberGoesOn) {
    forge({Value::Kind::command, {}, as_bytes("100")}, 1, 4);
    submit("7");
    EXPECT_THAT(told_when(2), ElementsAre("0:5", "unknown"));
    submit("-2");
    submit("1");
    EXPECT_THAT(told_when(4), ElementsAre("0:5", "unknown", "5:403", "6:404"));
}

}  // namespace
}  // namespace synod::member
