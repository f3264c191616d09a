#include "synod/server/operation_log.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "synod/rsm/once.hpp"

namespace synod::server {
namespace {

std::string operation(std::initializer_list<std::string_view> words) {
    std::string bytes;
    rsm::encode_operation(bytes, rsm::Protocol::resp2, {words.begin(), words.size()});
    return bytes;
}

std::string text(const std::string& bytes) {
    rsm::Operation operation;
    EXPECT_TRUE(operation.decode(as_bytes(bytes)));
    std::string out;
    append_text(out, operation);
    return out;
}

TEST(OperationLog, AWordThatIsNotPlainStandsInQuotes) {
    EXPECT_EQ(text(operation({"SET", "key", "value"})), "SET key value");
    EXPECT_EQ(text(operation({"SET", "two words", ""})), "SET \"two words\" \"\"");
    EXPECT_EQ(text(operation({"SET", "k", std::string_view("\n\"\\\0", 4)})),
              "SET k \"\\x0a\\x22\\x5c\\x00\"");
}

TEST(OperationLog, ATransactionIsOneLineAndCannotBeMistaken) {
    const std::array<std::string_view, 2> incr{"INCR", "a"};
    const std::array<std::string_view, 3> set{"SET", "b", "|"};
    rsm::TransactionQueue queue;
    queue.add(incr);
    queue.add(set);
    std::string bytes;
    queue.encode(bytes, rsm::Protocol::resp2, {});
    EXPECT_EQ(text(bytes), "MULTI INCR a | SET b \"|\" EXEC");
}

constexpr const char* kSessionName = "00000000000000010000000000000002";

// Tests run side by side, each in a process of its own.
std::string path_of_log() {
    return testing::TempDir() + "synod-operation-log-" + std::to_string(getpid());
}

// What a log of these operations, at the positions from 0 on, has in its file.
std::string file_of(const std::vector<std::string>& operations) {
    const std::string path = path_of_log();
    OperationLog log(path);
    for (std::size_t k = 0; k < operations.size(); ++k)
        log.add(rsm::Position{k}, {1, 2}, as_bytes(operations[k]));
    EXPECT_EQ(log.flush(), std::nullopt);
    std::stringstream lines;
    lines << std::ifstream(path).rdbuf();
    std::filesystem::remove(path);
    return lines.str();
}

std::string numbered(std::string_view client, std::uint64_t sequence, const std::string& operation) {
    std::string bytes;
    rsm::encode_once(bytes, {client, sequence});
    return bytes + operation;
}

TEST(OperationLog, ANumberedCommandStandsBehindItsSessionAndNumber) {
    EXPECT_EQ(
        file_of({numbered("kv-1", 7, operation({"INCR", "a"})), numbered("a b", 8, "nonsense")}),
        fmt::format("0 {0} SYNOD.ONCE kv-1 7 INCR a\n1 {0} SYNOD.ONCE \"a b\" 8 nonsense\n", kSessionName));
}

TEST(OperationLog, ARefusedCommandSaysSoAndNotWhatItWas) {
    std::string refusal;
    rsm::encode_refusal(refusal);
    EXPECT_EQ(file_of({numbered("kv-1", 7, refusal)}),
              fmt::format("0 {} SYNOD.ONCE kv-1 7 (refused)\n", kSessionName));
}

TEST(OperationLog, TheFileHasALineForEachOperation) {
    const std::string path = path_of_log();
    {
        OperationLog log(path);
        log.add(rsm::Position{0}, {1, 2}, as_bytes(operation({"SET", "a", "b"})));
        log.add(rsm::Position{1}, {1, 2}, as_bytes("nonsense"));
        log.skip_to(rsm::Position{7});
        EXPECT_EQ(log.flush(), std::nullopt);
    }
    std::stringstream lines;
    lines << std::ifstream(path).rdbuf();
    EXPECT_EQ(lines.str(),
              "0 00000000000000010000000000000002 SET a b\n1 00000000000000010000000000000002 nonsense\n"
              "# positions below 7 by a snapshot\n");
    std::filesystem::remove(path);
}

TEST(OperationLog, AFullDiskEndsItAndIsSaidOnce) {
    OperationLog log("/dev/full");
    log.add(rsm::Position{0}, {1, 2}, as_bytes(operation({"SET", "a", "b"})));
    EXPECT_NE(log.flush(), std::nullopt);
    log.add(rsm::Position{1}, {1, 2}, as_bytes(operation({"SET", "a", "b"})));
    EXPECT_EQ(log.flush(), std::nullopt);
}

TEST(OperationLog, AFileThatCannotBeWrittenIsNamed) {
    try {
        OperationLog log("/nowhere/log");
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string(error.what()).find("/nowhere/log"), std::string::npos);
    }
}

}  // namespace
}  // namespace synod::server
