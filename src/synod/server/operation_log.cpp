#include "synod/server/operation_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "synod/rsm/once.hpp"

namespace synod::server {

namespace {

bool is_plain(char c) {
    return c > ' ' && c <= '~' && c != '"' && c != '\\' && c != '|';
}

void append_word(std::string& out, std::string_view word) {
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) {
        out += word;
        return;
    }
    out += '"';
    for (const char c : word) {
        if (c == ' ' || c == '|' || is_plain(c))
            out += c;
        else
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
    }
    out += '"';
}

void append_command(std::string& out, rsm::Arguments command) {
    for (std::size_t k = 0; k < command.size(); ++k) {
        if (k > 0) out += ' ';
        append_word(out, command[k]);
    }
}

}  // namespace

void append_text(std::string& out, const rsm::Operation& operation) {
    if (operation.kind == rsm::Operation::Kind::refusal) out += "(refused)";
    const bool transaction = operation.kind == rsm::Operation::Kind::transaction;
    if (transaction) out += "MULTI";
    for (std::size_t k = 0; k < operation.commands(); ++k) {
        if (transaction) out += k == 0 ? " " : " | ";
        append_command(out, operation.command(k));
    }
    if (transaction) out += " EXEC";
}

OperationLog::OperationLog(const std::string& path)
    : path_(path), fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
    if (!fd_) throw std::system_error(errno, std::generic_category(), fmt::format("cannot write {}", path));
}

void OperationLog::add(rsm::Position position, SessionId session, Bytes operation) {
    if (!fd_) return;
    fmt::format_to(std::back_inserter(lines_), "{} {:016x}{:016x} ", position.value(), session.high,
                   session.low);
    if (const auto numbered = rsm::take_once(operation)) {
        lines_ += "SYNOD.ONCE ";
        append_word(lines_, numbered->client);
        fmt::format_to(std::back_inserter(lines_), " {} ", numbered->sequence);
    }
    if (operation_.decode(operation))
        append_text(lines_, operation_);
    else
        append_word(lines_, as_text(operation));
    lines_ += '\n';
}

void OperationLog::skip_to(rsm::Position position) {
    if (!fd_) return;
    fmt::format_to(std::back_inserter(lines_), "# positions below {} by a snapshot\n", position.value());
}

std::optional<std::string> OperationLog::flush() {
    std::string_view left = lines_;
    while (!left.empty()) {
        const ssize_t count = ::write(fd_.get(), left.data(), left.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            const std::string error = std::strerror(errno);
            fd_ = {};
            lines_ = {};
            return fmt::format("cannot write {} any more: {}; the log ends here, the server goes on", path_,
                               error);
        }
        left.remove_prefix(static_cast<std::size_t>(count));
    }
    lines_.clear();
    return std::nullopt;
}

}  // namespace synod::server
