#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "synod/member/application.hpp"
#include "synod/rsm/replica.hpp"

namespace synod::member {

// Called with what was decided together, in order; the entries stand during the call.
using Deliver = std::function<void(std::span<const rsm::LogEntry>)>;

// Hands decided commands on in batches, for programs that make of them what they like.
class Journal : public Application {
public:
    explicit Journal(Deliver deliver) : deliver_(std::move(deliver)) {}

    rsm::Position apply(rsm::UnixTime proposed, Bytes command, std::string& answer) override {
        const rsm::Position position = recorder_.position();
        recorder_.apply(proposed, command, answer);
        notes_.push_back({position, recorder_.time(), command.size()});
        bytes_.insert(bytes_.end(), command.begin(), command.end());
        return position;
    }
    void end_batch() override {
        Bytes left = bytes_;
        for (const Note& note : notes_) {
            entries_.push_back({note.position, note.time, left.first(note.bytes)});
            left = left.subspan(note.bytes);
        }
        if (!entries_.empty()) deliver_(entries_);
        entries_.clear();
        notes_.clear();
        bytes_.clear();
    }

private:
    // Has no state but its place in the log.
    struct Nothing {
        static constexpr rsm::SnapshotFormat kSnapshotFormat{"synod.journal", 1};
        void apply(const rsm::LogEntry&, std::string&) {}
        void snapshot(std::string&) const {}
        [[nodiscard]] bool restore(Bytes snapshot) { return snapshot.empty(); }
    };
    struct Note {
        rsm::Position position;
        rsm::UnixTime time;
        std::size_t bytes = 0;
    };

    Deliver deliver_;
    rsm::Replica<Nothing> recorder_{Nothing{}};
    std::vector<Note> notes_;  // of the batch so far
    std::vector<std::byte> bytes_;
    std::vector<rsm::LogEntry> entries_;
};

}  // namespace synod::member
