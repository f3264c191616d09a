#include "synod/rsm/expiry_queue.hpp"

#include "synod/core/check.hpp"

namespace synod::rsm {

bool ExpiryQueue::before(const Item& a, const Item& b) noexcept {
    if (a.deadline != b.deadline) return a.deadline < b.deadline;
    if (a.record->hash != b.record->hash) return a.record->hash < b.record->hash;
    return a.record->key() < b.record->key();
}

void ExpiryQueue::put(std::size_t place, Item item) noexcept {
    heap_[place] = item;
    item.record->place_in_expiry_queue = place;
}

// Puts the item where it belongs, given that `place` is free and all else is in order.
void ExpiryQueue::settle(std::size_t place, Item item) noexcept {
    while (place > 0 && before(item, heap_[(place - 1) / 2])) {
        put(place, heap_[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    for (std::size_t child = 2 * place + 1; child < heap_.size(); child = 2 * place + 1) {
        if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
        if (!before(heap_[child], item)) break;
        put(place, heap_[child]);
        place = child;
    }
    put(place, item);
}

void ExpiryQueue::add(Record& record) {
    heap_.emplace_back();
    settle(heap_.size() - 1, {record.deadline, &record});
}

void ExpiryQueue::moved(Record& record) {
    settle(record.place_in_expiry_queue, {record.deadline, &record});
}

void ExpiryQueue::remove(const Record& record) {
    const std::size_t place = record.place_in_expiry_queue;
    SYNOD_CHECK(place < heap_.size() && heap_[place].record == &record);
    const Item last = heap_.back();
    heap_.pop_back();
    if (place < heap_.size()) settle(place, last);
}

}  // namespace synod::rsm
