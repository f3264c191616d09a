// A counter that is the same everywhere. A line with a number adds it, and the new count is printed; an empty
// line prints the count.

#include "member_of.hpp"

struct Counter {
    static constexpr synod::SnapshotFormat kSnapshotFormat{"example.counter", 1};

    void apply(const synod::LogEntry& entry, std::string& answer) {
        count += std::strtoll(std::string(synod::as_text(entry.command)).c_str(), nullptr, 10);
        answer = std::to_string(count);
    }
    void snapshot(std::string& out) const { out += std::to_string(count); }
    bool restore(synod::Bytes state) {
        count = std::strtoll(std::string(synod::as_text(state)).c_str(), nullptr, 10);
        return true;
    }

    long long count = 0;
};

int main(int argc, char** argv) {
    return run([&] {
        synod::Replicated<Counter> counter(member_of(argc, argv));
        for (std::string line; std::getline(std::cin, line);) {
            if (line.empty()) {
                counter.read(synod::Consistency::linearizable, soon(), [](const Counter* now) {
                    std::cout << (now != nullptr ? std::to_string(now->count) : "unknown") << std::endl;
                });
                continue;
            }
            counter.submit(synod::as_bytes(line), soon(), [](const synod::Outcome& outcome) {
                const auto* applied = std::get_if<synod::Applied>(&outcome);
                std::cout << (applied != nullptr ? applied->answer : "unknown") << std::endl;
            });
        }
    });
}
