// A bank of ten accounts with 100 each, whose total never changes. A line `FROM TO AMOUNT` moves money, if it
// is there; an empty line prints what all accounts have together.

#include <array>
#include <numeric>
#include <sstream>

#include "member_of.hpp"

struct Bank {
    static constexpr synod::SnapshotFormat kSnapshotFormat{"example.bank", 1};

    Bank() { accounts.fill(100); }

    void apply(const synod::LogEntry& entry, std::string& answer) {
        std::istringstream order{std::string(synod::as_text(entry.command))};
        std::size_t from = 0;
        std::size_t to = 0;
        long amount = 0;
        const bool read = static_cast<bool>(order >> from >> to >> amount);
        const bool possible =
            read && from < accounts.size() && to < accounts.size() && amount >= 0 && accounts[from] >= amount;
        if (possible) {
            accounts[from] -= amount;
            accounts[to] += amount;
        }
        answer = possible ? "done" : "refused";
    }
    void snapshot(std::string& out) const {
        for (const long account : accounts)
            out += std::to_string(account) + ' ';
    }
    bool restore(synod::Bytes state) {
        std::istringstream in{std::string(synod::as_text(state))};
        std::array<long, 10> restored{};
        for (long& account : restored)
            if (!(in >> account)) return false;
        accounts = restored;
        return true;
    }
    long total() const { return std::accumulate(accounts.begin(), accounts.end(), 0L); }

    std::array<long, 10> accounts{};
};

int main(int argc, char** argv) {
    return run([&] {
        synod::Replicated<Bank> bank(member_of(argc, argv));
        for (std::string line; std::getline(std::cin, line);) {
            if (line.empty()) {
                bank.read(synod::Consistency::linearizable, soon(), [](const Bank* now) {
                    std::cout << (now != nullptr ? std::to_string(now->total()) : "unknown") << std::endl;
                });
                continue;
            }
            bank.submit(synod::as_bytes(line), soon(), [](const synod::Outcome& outcome) {
                const auto* applied = std::get_if<synod::Applied>(&outcome);
                std::cout << (applied != nullptr ? applied->answer : "unknown") << std::endl;
            });
        }
    });
}
