#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "synod/core/bytes.hpp"
#include "synod/rsm/protocol.hpp"

namespace synod::rsm {

// What goes through the log for a client of the key-value store:
//     operation   = kind:u8 protocol:u8 ( command | transaction | refusal )
//     command     = count ( text )*
//     transaction = count ( key:text version:u64 )* count ( command )*
//     refusal     =
// A transaction runs when each watched key still has its version, and then all of it at one point of the log.
// A refusal stands for a numbered command that was not run, for want of memory at the client's server: so
// that it never is, and all servers say the same.
struct Operation {
    enum class Kind : std::uint8_t { command = 1, transaction = 2, refusal = 4 };
    struct Watched {
        std::string_view key;
        std::uint64_t version;
    };

    Kind kind = Kind::command;
    Protocol protocol = Protocol::resp2;
    std::vector<Watched> watched;

    // Views of the bytes. False: they are malformed.
    [[nodiscard]] bool decode(Bytes bytes);
    [[nodiscard]] std::size_t commands() const noexcept { return ends_.size(); }
    // At least one.
    [[nodiscard]] Arguments command(std::size_t number) const noexcept;

private:
    std::vector<std::string_view> words_;
    std::vector<std::size_t> ends_;  // of the commands' words
};

// The first argument of a command, which is most often a key; empty: it has none, or is no command.
[[nodiscard]] std::string_view first_argument(Bytes operation) noexcept;

// Appends an operation of one command.
void encode_operation(std::string& out, Protocol protocol, Arguments command);

// Appends an operation that does nothing: its entry in the log says only what time it is.
void encode_nothing(std::string& out);
void encode_refusal(std::string& out);

// The commands of a transaction, as they are queued.
class TransactionQueue {
public:
    void add(Arguments command);
    void clear();
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return commands_.size(); }
    // Appends the operation.
    void encode(std::string& out, Protocol protocol,
                const std::vector<std::pair<std::string, std::uint64_t>>& watched) const;

private:
    std::size_t size_ = 0;
    std::string commands_;
};

}  // namespace synod::rsm
