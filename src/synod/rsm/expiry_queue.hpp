#pragma once

#include <vector>

#include "synod/rsm/key_table.hpp"

namespace synod::rsm {

// Records that have a deadline, the earliest first; of equal ones, by hash and key, so that all replicas
// remove them in one order. A binary heap of views: each record knows its place.
class ExpiryQueue {
public:
    [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }
    [[nodiscard]] bool empty() const noexcept { return heap_.empty(); }
    // REQUIRES: not empty.
    [[nodiscard]] Record& first() const noexcept { return *heap_.front().record; }

    // REQUIRES: the record has a deadline, and is not here.
    void add(Record& record);
    // The record's deadline is another one. REQUIRES: it is here.
    void moved(Record& record);
    // REQUIRES: it is here.
    void remove(const Record& record);

private:
    struct Item {
        std::int64_t deadline;  // that of the record, at hand
        Record* record;
    };
    [[nodiscard]] static bool before(const Item& a, const Item& b) noexcept;
    void put(std::size_t place, Item item) noexcept;
    void settle(std::size_t place, Item item) noexcept;

    std::vector<Item> heap_;
};

}  // namespace synod::rsm
