#include "synod/cli/interleaving.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace synod::cli {
namespace {

using Outcome = Interleaving::Outcome;

// Each letter is a value.
std::vector<std::uint64_t> values(const std::string& letters) {
    return {letters.begin(), letters.end()};
}

// Clients' sequences; a '*' at the end: the client was killed.
Interleaving find(const std::string& sequence, const std::vector<std::string>& clients,
                  std::size_t steps_max = 1'000'000) {
    std::vector<std::vector<std::uint64_t>> kept;
    for (const std::string& client : clients)
        kept.push_back(values(client.substr(0, client.find('*'))));
    std::vector<Submissions> submissions;
    for (std::size_t i = 0; i < clients.size(); ++i)
        submissions.push_back({kept[i], clients[i].ends_with('*')});
    return find_interleaving(values(sequence), submissions, steps_max);
}

TEST(Interleaving, OfDistinctValuesIsFound) {
    EXPECT_EQ(find("a1b2c3", {"abc", "123"}).outcome, Outcome::complete);
    EXPECT_EQ(find("abc123", {"abc", "123"}).outcome, Outcome::complete);
    EXPECT_EQ(find("", {"", ""}).outcome, Outcome::complete);
    EXPECT_EQ(find("", {}).outcome, Outcome::complete);
}

TEST(Interleaving, KeepsTheOrderOfEachClient) {
    const Interleaving found = find("a1c2b3", {"abc", "123"});
    EXPECT_EQ(found.outcome, Outcome::impossible);
    EXPECT_EQ(found.furthest, 2U);
}

TEST(Interleaving, OfPrefixesSaysHowMuchOfEachClientIsThere) {
    const Interleaving found = find("a1b", {"abc", "123"});
    EXPECT_EQ(found.outcome, Outcome::prefixes);
    EXPECT_EQ(found.taken, (std::vector<std::size_t>{2, 1}));
}

TEST(Interleaving, MayLackTheEndOfAKilledClient) {
    EXPECT_EQ(find("a1b2", {"ab", "123*"}).outcome, Outcome::complete);
    EXPECT_EQ(find("a1b2", {"abc", "123*"}).outcome, Outcome::prefixes);
    EXPECT_EQ(find("a1b3", {"ab", "123*"}).outcome, Outcome::impossible);
}

TEST(Interleaving, WithEqualValuesLooksForAnotherWay) {
    EXPECT_EQ(find("aab", {"ab", "a"}).outcome, Outcome::complete);
    EXPECT_EQ(find("aab", {"a", "ab"}).outcome, Outcome::complete);
    EXPECT_EQ(find("xyxz", {"xz", "xy"}).outcome, Outcome::complete);
    EXPECT_EQ(find("xyxz", {"xy", "xz"}).outcome, Outcome::complete);
    EXPECT_EQ(find("xzyx", {"xy", "xz"}).outcome, Outcome::impossible);
}

// A killed client's values may be missing, a living one's may not: which client an equal value is taken
// from decides.
TEST(Interleaving, GivesEqualValuesToTheClientThatNeedsThem) {
    EXPECT_EQ(find("aa", {"aa*", "aa"}).outcome, Outcome::complete);
    EXPECT_EQ(find("aa", {"aa", "aa*"}).outcome, Outcome::complete);
    EXPECT_EQ(find("aba", {"ab*", "ab", "a*"}).outcome, Outcome::complete);
}

TEST(Interleaving, WithManyEqualValuesStaysCheap) {
    const std::string same(2000, 'a');
    EXPECT_EQ(find(same + same, {same, same}).outcome, Outcome::complete);
    EXPECT_EQ(find(same + same + "b", {same + "b", same}).outcome, Outcome::complete);
    EXPECT_EQ(find(same + same + "b", {same, same + "b"}).outcome, Outcome::complete);
}

TEST(Interleaving, SaysWhenItGivesUp) {
    const std::string same(3000, 'a');
    EXPECT_EQ(find(same + "c" + same + "b", {same + "b", same + "c"}, 1000).outcome, Outcome::not_decidable);
}

TEST(Interleaving, OfAnyShuffleIsFound) {
    std::mt19937 random(7);
    for (int round = 0; round < 2000; ++round) {
        std::vector<std::string> clients(1 + random() % 4);
        for (std::string& client : clients)
            for (std::size_t n = random() % 12; n > 0; --n)
                client += static_cast<char>('a' + random() % 3);
        std::string sequence;
        std::vector<std::string> rest = clients;
        while (std::any_of(rest.begin(), rest.end(), [](const std::string& r) { return !r.empty(); })) {
            std::string& from = rest[random() % rest.size()];
            if (from.empty()) continue;
            sequence += from.front();
            from.erase(0, 1);
        }
        ASSERT_EQ(find(sequence, clients).outcome, Outcome::complete) << sequence;
    }
}

// By every way there is, without cleverness.
bool exists(const std::string& sequence, std::vector<std::string> rest) {
    if (sequence.empty())
        return std::all_of(rest.begin(), rest.end(), [](const std::string& r) { return r.empty(); });
    for (std::string& client : rest) {
        if (client.empty() || client.front() != sequence.front()) continue;
        const std::string kept = client;
        client.erase(0, 1);
        if (exists(sequence.substr(1), rest)) return true;
        client = kept;
    }
    return false;
}

TEST(Interleaving, IsFoundExactlyWhenThereIsOne) {
    std::mt19937 random(11);
    int found = 0;
    for (int round = 0; round < 3000; ++round) {
        std::vector<std::string> clients(2 + random() % 2);
        std::string all;
        for (std::string& client : clients)
            for (std::size_t n = random() % 5; n > 0; --n)
                client += static_cast<char>('a' + random() % 2);
        for (const std::string& client : clients)
            all += client;
        std::shuffle(all.begin(), all.end(), random);
        const bool expected = exists(all, clients);
        found += expected ? 1 : 0;
        ASSERT_EQ(find(all, clients).outcome == Outcome::complete, expected) << all;
    }
    EXPECT_GT(found, 100);
    EXPECT_LT(found, 2900);
}

}  // namespace
}  // namespace synod::cli
