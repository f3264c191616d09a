#include "synod/rsm/key_table.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <vector>

namespace synod::rsm {
namespace {

std::string key(std::uint64_t number) {
    return "key:" + std::to_string(number);
}

std::vector<std::string> keys_of(const KeyTable& table, std::uint64_t from = 0) {
    std::vector<std::string> keys;
    table.for_each_from(from, [&](const Record& record) {
        keys.emplace_back(record.key());
        return true;
    });
    return keys;
}

std::size_t keys_from(const std::map<std::string, Record*>& model, std::uint64_t hash) {
    return static_cast<std::size_t>(std::count_if(
        model.begin(), model.end(), [&](const auto& entry) { return entry.second->hash >= hash; }));
}

TEST(KeyTable, HoldsWhatAMapHolds) {
    rc::check([] {
        KeyTable table(*rc::gen::arbitrary<std::uint64_t>());
        std::map<std::string, Record*> model;
        // Waves, so that it grows and shrinks through several sizes of its directory.
        std::uint64_t state = *rc::gen::arbitrary<std::uint64_t>();
        for (int step = 0; step < 6000; ++step) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            const std::string k = key((state >> 33) % 4000);
            const bool grows = step / 1500 % 2 == 0;
            const bool adds = (state >> 20) % 8 < (grows ? 7 : 1);
            const auto known = model.find(k);
            RC_ASSERT(table.find(k) == (known == model.end() ? nullptr : known->second));
            if (adds && known == model.end()) {
                model[k] = &table.insert(k);
            } else if (!adds && known != model.end()) {
                table.erase(*known->second);
                model.erase(known);
            }
            RC_ASSERT(table.size() == model.size());
            if (step % 250 == 0) RC_ASSERT(keys_of(table, state).size() == keys_from(model, state));
        }
        table.check_invariants();
        std::vector<std::string> listed = keys_of(table);
        std::sort(listed.begin(), listed.end());
        RC_ASSERT(std::equal(listed.begin(), listed.end(), model.begin(), model.end(),
                             [](const auto& a, const auto& b) { return a == b.first; }));
    });
}

// Nothing but time tells whether it was fetched; the sanitizers, whether it looked where it must not.
TEST(KeyTable, KeysMayBeFetchedWhetherTheyAreThereOrNotAndMoreThanAreTakenAtOnce) {
    KeyTable table(7);
    std::vector<std::string> texts;
    for (std::uint64_t number = 0; number < 20'000; ++number) {
        texts.push_back(key(number));
        if (number % 2 == 0) table.insert(texts.back());
    }
    const std::vector<std::string_view> keys(texts.begin(), texts.end());
    for (std::size_t at = 0; at + 2 * KeyTable::kPrefetchMax <= keys.size(); at += KeyTable::kPrefetchMax)
        table.prefetch(std::span(keys).subspan(at, 2 * KeyTable::kPrefetchMax));
    table.prefetch({});
    KeyTable().prefetch(std::span(keys).first(1));
    table.check_invariants();
    EXPECT_EQ(table.size(), 10'000U);
}

TEST(KeyTable, ListsKeysByHashWhateverLedToThem) {
    KeyTable straight(7);
    for (std::uint64_t i = 0; i < 2000; ++i)
        straight.insert(key(i));
    KeyTable roundabout(7);
    for (std::uint64_t i = 30'000; i > 0; --i)
        roundabout.insert(key(i - 1));
    for (std::uint64_t i = 2000; i < 30'000; ++i)
        roundabout.erase(*roundabout.find(key(i)));
    straight.check_invariants();
    roundabout.check_invariants();

    const auto keys = keys_of(straight);
    EXPECT_EQ(keys, keys_of(roundabout));
    EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end(), [&](const auto& a, const auto& b) {
        return straight.hash_of(a) < straight.hash_of(b);
    }));
}

TEST(KeyTable, GoesOnFromAHash) {
    KeyTable table(7);
    for (std::uint64_t i = 0; i < 1000; ++i)
        table.insert(key(i));
    const auto all = keys_of(table);
    for (const std::size_t place : {0u, 1u, 255u, 256u, 600u, 999u}) {
        const auto rest = keys_of(table, table.hash_of(all[place]));
        EXPECT_TRUE(std::equal(rest.begin(), rest.end(), all.begin() + static_cast<std::ptrdiff_t>(place),
                               all.end()));
    }
    EXPECT_TRUE(keys_of(table, ~std::uint64_t{0}).empty());
}

TEST(KeyTable, AnotherSeedGivesAnotherOrder) {
    KeyTable one(1);
    KeyTable two(2);
    for (std::uint64_t i = 0; i < 100; ++i) {
        one.insert(key(i));
        two.insert(key(i));
    }
    EXPECT_NE(keys_of(one), keys_of(two));
}

TEST(KeyTable, RecordsStayWhereTheyAre) {
    KeyTable table;
    const Record& first = table.insert("first");
    for (std::uint64_t i = 0; i < 5000; ++i)
        table.insert(key(i));
    EXPECT_EQ(table.find("first"), &first);
}

// Keys whose hashes begin alike would split a segment for ever, and double the directory each time.
TEST(KeyTable, KeysChosenByTheirHashesDoNotBlowItUp) {
    KeyTable table(7);
    std::vector<std::string> chosen;
    for (std::uint64_t i = 0; chosen.size() < 600; ++i)
        if (table.hash_of(key(i)) >> 52 == 0) chosen.push_back(key(i));
    for (const std::string& k : chosen)
        table.insert(k);
    table.check_invariants();
    for (const std::string& k : chosen)
        ASSERT_NE(table.find(k), nullptr);
    EXPECT_LE(table.directory_entries(), 16 * 16 * 4U);
}

}  // namespace
}  // namespace synod::rsm
