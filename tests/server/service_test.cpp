#include "synod/server/service.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "synod/core/batch.hpp"
#include "synod/member/value.hpp"
#include "synod/rsm/operation.hpp"

namespace synod::server {
namespace {

constexpr SessionId kOwn{1, 2};
constexpr SessionId kOther{3, 4};

std::string operation(const std::vector<std::string_view>& words) {
    std::string bytes;
    rsm::encode_operation(bytes, rsm::Protocol::resp2, words);
    return bytes;
}

std::vector<std::byte> value(const std::vector<std::string_view>& words) {
    const std::string command = operation(words);
    std::vector<std::byte> bytes;
    bytes.reserve(command.size() + member::kValueOverhead);
    member::encode({member::Value::Kind::command, {}, as_bytes(command)}, bytes);
    return bytes;
}

class ServiceTest : public testing::Test {
protected:
    ServiceTest() {
        service_.serve(
            kOwn, [this](Bytes) { events_.emplace_back("comes"); },
            [this](std::string_view reply) { events_.emplace_back(reply); });
    }
    void deliver(BatchWriter& batch) {
        service_.deliver(instance_, batch.finish());
        instance_ = instance_.next();
        batch.clear();
    }

    Service service_;
    InstanceId instance_;
    std::vector<std::string> events_;
};

TEST_F(ServiceTest, OnlyTheServedSessionIsToldAndBeforeEachOperationThatItComes) {
    BatchWriter batch(10'000);
    batch.add(kOwn, PieceNumber{0}, value({"INCR", "n"}), true);
    batch.add(kOther, PieceNumber{0}, value({"INCR", "n"}), true);
    batch.add(kOwn, PieceNumber{1}, value({"INCR", "n"}), true);
    deliver(batch);
    EXPECT_EQ(events_, (std::vector<std::string>{"comes", ":1\r\n", "comes", ":3\r\n"}));
    EXPECT_EQ(service_.query(operation({"GET", "n"})), "$1\r\n3\r\n");
}

// More than are fetched together, and one in the middle whose pieces came in two batches.
TEST_F(ServiceTest, ValuesAreAppliedInTheirOrderHoweverManyAndWhereverTheyLie) {
    BatchWriter batch(100'000);
    const std::vector<std::byte> large = value({"APPEND", "k", "large"});
    const Bytes whole = large;
    batch.add(kOther, PieceNumber{0}, whole.first(10), false);
    deliver(batch);
    std::vector<std::string> expected;
    std::size_t length = 0;
    const auto append = [&](std::uint64_t number) {
        batch.add(kOwn, PieceNumber{number}, value({"APPEND", "k", "x"}), true);
        expected.insert(expected.end(), {"comes", fmt::format(":{}\r\n", ++length)});
    };
    for (std::uint64_t number = 0; number < 50; ++number)
        append(number);
    batch.add(kOther, PieceNumber{1}, whole.subspan(10), true);
    length += 5;
    for (std::uint64_t number = 50; number < 100; ++number)
        append(number);
    deliver(batch);
    EXPECT_EQ(events_, expected);
}

}  // namespace
}  // namespace synod::server
