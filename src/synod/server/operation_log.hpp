#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "synod/core/bytes.hpp"
#include "synod/core/ids.hpp"
#include "synod/node/owned_fd.hpp"
#include "synod/rsm/operation.hpp"
#include "synod/rsm/state_machine.hpp"

namespace synod::server {

// The operations that a server has executed, for people and for `synod check`, which compares the files of
// several servers. A line each:
//     POSITION SESSION COMMAND
// The position among all operations, the session (of a server) that brought it into the log, and the
// command's words; those with other bytes than printable ones are in quotes, as in C. A transaction's
// commands stand between MULTI and EXEC, with | between them. Where a snapshot stood for operations, a line
// says so:
//     # positions below POSITION by a snapshot
class OperationLog {
public:
    // Begins the file anew. Throws std::system_error.
    explicit OperationLog(const std::string& path);

    void add(rsm::Position position, SessionId session, Bytes operation);
    // A snapshot stands for all operations below it that were not added.
    void skip_to(rsm::Position position);
    // Writes out what was added. When the file takes no more, it ends: what is wrong is returned, once.
    [[nodiscard]] std::optional<std::string> flush();

private:
    std::string path_;
    node::OwnedFd fd_;
    std::string lines_;
    rsm::Operation operation_;  // kept for its memory
};

// The command as the log has it.
void append_text(std::string& out, const rsm::Operation& operation);

}  // namespace synod::server
