// A chat: everybody sees all lines in the same order.

#include "member_of.hpp"

int main(int argc, char** argv) {
    return run([&] {
        auto member = synod::Member::join(member_of(argc, argv), [](std::span<const synod::LogEntry> lines) {
            for (const synod::LogEntry& line : lines)
                std::cout << synod::as_text(line.command) << std::endl;
        });
        for (std::string line; std::getline(std::cin, line);)
            member.submit(synod::as_bytes(line), soon(), [line](const synod::Outcome& outcome) {
                if (!std::holds_alternative<synod::Applied>(outcome))
                    std::cerr << "not sure: " << line << '\n';
            });
    });
}
