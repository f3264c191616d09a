#include "synod/rsm/connection.hpp"

#include <fmt/format.h>

#include <utility>

#include "synod/core/check.hpp"
#include "synod/rsm/number.hpp"
#include "synod/rsm/once.hpp"
#include "synod/rsm/reply_writer.hpp"
#include "synod/rsm/store_commands.hpp"

namespace synod::rsm {

namespace {

constexpr std::size_t kWatchedKeyBytes = 64;  // beside the key itself

std::size_t bytes_of(Arguments arguments) {
    std::size_t bytes = 0;
    for (const std::string_view word : arguments)
        bytes += word.size();
    return bytes;
}

// A web page can have a browser send HTTP to any port: commands could stand in its body.
bool is_http(std::string_view name) {
    return is_word(name, "post") || is_word(name, "host:");
}

}  // namespace

Connection::Connection(ClientInfo client, const ServerFacts& server, RequestLimits limits)
    : client_(std::move(client)), server_(server), limits_(limits), parser_(limits) {}

void Connection::receive(Bytes bytes) {
    if (!closing_) parser_.feed(bytes);
}

bool Connection::next(Request& request) {
    while (!closing_ && !must_be_answered_first_ && said_bytes() < kSaidMax) {
        switch (parser_.next()) {
            case RequestParser::Result::incomplete:
                return false;
            case RequestParser::Result::broken:
                reply().error("ERR Protocol error: " + parser_.fault());
                closing_ = true;
                return false;
            case RequestParser::Result::request:
                if (take(parser_.arguments(), request)) return true;
        }
    }
    return false;
}

bool Connection::take(Arguments arguments, Request& request) {
    std::string error;
    const Command* command = find_command(arguments, error);
    if (command == nullptr) {
        closing_ = is_http(arguments[0]);
        if (!closing_) refuse(arguments, error);
        return false;
    }
    const bool may_be_queued = command->control == Control::none || command->control == Control::unwatch;
    const bool is_queued = in_transaction_ && may_be_queued;
    if ((command->grows || is_queued) && server_.is_full()) {
        refuse(arguments, kOutOfMemory);
        return false;
    }
    if (is_queued) {
        queue(*command, arguments);
        return false;
    }
    if (command->control != Control::none) return control(*command, arguments, request);
    if (command->own != nullptr) {
        command->own(client_, server_, arguments, out());
        return false;
    }
    request.operation.clear();
    encode_operation(request.operation, client_.protocol, arguments);
    await(Awaited::reply, request, command->read != nullptr, command->of_time);
    return true;
}

void Connection::refuse(Arguments arguments, std::string_view error) {
    has_refused_ = true;
    if (is_word(arguments[0], "exec")) {
        end_transaction();
        return reply().error(
            fmt::format("EXECABORT Transaction discarded because of: {}", error.substr(error.find(' ') + 1)));
    }
    reply().error(error);
}

bool Connection::control(const Command& command, Arguments arguments, Request& request) {
    switch (command.control) {
        case Control::exec:
            return exec(request);
        case Control::watch:
            return watch(arguments, request);
        case Control::once:
            return once(arguments, request);
        case Control::multi:
            multi();
            break;
        case Control::discard:
            discard();
            break;
        case Control::unwatch:
            forget_watched();
            reply().ok();
            break;
        case Control::reset:
            reset();
            break;
        case Control::quit:
            reply().ok();
            closing_ = true;
            break;
        case Control::snapshot:
            wants_snapshot_ = true;
            snapshot_of_ = fmt::format("{} {}", arguments[1], arguments[2]);
            closing_ = true;
            break;
        case Control::none:
            break;
    }
    return false;
}

// SYNOD.ONCE client sequence command...
bool Connection::once(Arguments arguments, Request& request) {
    const auto sequence = parse_integer(arguments[2]);
    const Arguments inner = arguments.subspan(3);
    std::string error;
    const Command* command = find_command(inner, error);
    if (in_transaction_ || arguments[1].size() > kOnceClientBytesMax || !sequence || *sequence < 1) {
        error = "ERR SYNOD.ONCE takes a client's name of at most 64 bytes, a number from 1 on, and a command";
    } else if (command != nullptr && (!command->is_of_store() || command->control != Control::none)) {
        error = fmt::format("ERR '{}' cannot be run once: it is no command of the store", command->name);
    }
    if (command == nullptr || !error.empty()) {
        refuse(arguments, error);
        return false;
    }
    request.operation.clear();
    encode_once(request.operation, {arguments[1], static_cast<std::uint64_t>(*sequence)});
    // The answer is kept, and who asks again may speak another protocol: it is kept in the richer one.
    if (command->grows && server_.is_full())
        encode_refusal(request.operation);  // it may have run already, and then its answer comes again
    else
        encode_operation(request.operation, Protocol::resp3, inner);
    await(Awaited::reply_in_resp3, request, false);
    return true;
}

// ---- Transactions -------------------------------------------------------------------------------------

void Connection::multi() {
    if (in_transaction_) return reply().error("ERR MULTI calls can not be nested");
    in_transaction_ = true;
    has_refused_ = false;
    reply().ok();
}

void Connection::queue(const Command& command, Arguments arguments) {
    if (held_for_exec() + bytes_of(arguments) > limits_.request_bytes_max)
        return refuse(arguments, "ERR transaction too large");
    queue_grows_ = queue_grows_ || command.grows;
    if (command.is_of_store()) {
        queue_.add(arguments);
    } else {
        own_.push_back({queue_.size() + own_.size(), &command, {arguments.begin(), arguments.end()}});
        own_bytes_ += sizeof(OwnCommand) + bytes_of(arguments) + arguments.size() * sizeof(std::string);
    }
    reply().simple("QUEUED");
}

void Connection::discard() {
    if (!in_transaction_) return reply().error("ERR DISCARD without MULTI");
    end_transaction();
    reply().ok();
}

void Connection::end_transaction() {
    in_transaction_ = false;
    queue_ = {};  // it may have been large
    queue_grows_ = false;
    own_ = {};
    own_bytes_ = 0;
    forget_watched();
}

void Connection::forget_watched() {
    watched_.clear();
    watched_bytes_ = 0;
}

bool Connection::watch(Arguments arguments, Request& request) {
    if (in_transaction_) {
        reply().error("ERR WATCH inside MULTI is not allowed");
        return false;
    }
    const Arguments keys = arguments.subspan(1);
    if (watched_bytes_ + bytes_of(keys) + keys.size() * kWatchedKeyBytes > limits_.request_bytes_max) {
        reply().error("ERR too many watched keys");
        return false;
    }
    asked_versions_of_.assign(keys.begin(), keys.end());
    request.operation.clear();
    encode_operation(request.operation, Protocol::resp2, arguments);
    await(Awaited::versions, request, true);
    must_be_answered_first_ = true;
    return true;
}

bool Connection::exec(Request& request) {
    if (!in_transaction_) {
        reply().error("ERR EXEC without MULTI");
        return false;
    }
    if (queue_grows_ && server_.is_full()) {
        end_transaction();
        reply().error(fmt::format("EXECABORT Transaction discarded because of: {}", kOutOfMemory));
        return false;
    }
    if (has_refused_) {
        reply().error("EXECABORT Transaction discarded because of previous errors.");
        end_transaction();
        return false;
    }
    request.operation.clear();
    queue_.encode(request.operation, client_.protocol, {watched_.begin(), watched_.end()});
    await(own_.empty() ? Awaited::reply : Awaited::transaction, request, false);
    // What the connection has to do itself, it does when it is known that the transaction ran.
    must_be_answered_first_ = !own_.empty();
    auto own = std::move(own_);
    end_transaction();
    own_ = std::move(own);
    return true;
}

void Connection::reset() {
    end_transaction();
    client_.protocol = Protocol::resp2;
    client_.name.clear();
    reply().simple("RESET");
}

// ---- Answers ------------------------------------------------------------------------------------------

void Connection::await(Awaited what, Request& request, bool read_only, bool of_time) {
    request.read_only = read_only;
    request.of_time = of_time;
    if (!unanswered_.empty()) said_behind_ += unanswered_.back().then.size();
    unanswered_.push_back({what, client_.protocol, {}});
}

void Connection::answer(std::string_view reply) {
    SYNOD_CHECK(!unanswered_.empty());
    switch (unanswered_.front().what) {
        case Awaited::reply:
            return settle(reply);
        case Awaited::reply_in_resp3:
            return translate(reply);
        case Awaited::versions:
            remember_versions(reply);
            return settle("+OK\r\n");
        case Awaited::transaction:
            return merge_own_replies(reply);
    }
}

void Connection::settle(std::string_view reply) {
    must_be_answered_first_ = must_be_answered_first_ && unanswered_.size() > 1;
    output_ += reply;
    output_ += unanswered_.front().then;
    if (unanswered_.size() > 1) said_behind_ -= unanswered_.front().then.size();
    unanswered_.pop_front();
}

void Connection::translate(std::string_view reply) {
    if (unanswered_.front().protocol == Protocol::resp3) return settle(reply);
    std::string text;
    append_in_resp2(reply, text);
    settle(text);
}

void Connection::abandon() noexcept {
    closing_ = true;
    end_transaction();
    asked_versions_of_ = {};
    parser_ = RequestParser(limits_);
    output_ = {};
    unanswered_.clear();
    said_behind_ = 0;
}

// An array of integers, one for each key. A key that was watched before keeps its version of then.
void Connection::remember_versions(std::string_view reply) {
    for (const std::string& key : asked_versions_of_) {
        reply.remove_prefix(reply.find(':') + 1);
        const auto version = parse_integer(reply.substr(0, reply.find('\r')));
        SYNOD_CHECK(version.has_value());
        const bool fresh = watched_.emplace(key, static_cast<std::uint64_t>(*version)).second;
        if (fresh) watched_bytes_ += key.size() + kWatchedKeyBytes;
    }
    asked_versions_of_.clear();
}

void Connection::run_own(const OwnCommand& own, std::string& out) {
    if (out.size() > kReplyBytesMax) return ReplyWriter(out, client_.protocol).error(kReplyTooLarge);
    if (own.command->control == Control::unwatch) return ReplyWriter(out, client_.protocol).ok();
    const std::vector<std::string_view> words(own.words.begin(), own.words.end());
    own.command->own(client_, server_, words, out);
}

// Puts the connection's own replies at their places among those of the store, unless it ran none.
void Connection::merge_own_replies(std::string_view reply) {
    const auto own = std::exchange(own_, {});
    const std::size_t head = reply.find('\n') + 1;
    const auto of_store = parse_integer(reply.substr(1, head - 3));
    if (!reply.starts_with('*') || !of_store || *of_store < 0) return settle(reply);

    std::string merged;
    const std::size_t commands = static_cast<std::size_t>(*of_store) + own.size();
    ReplyWriter(merged, client_.protocol).array(commands);
    reply.remove_prefix(head);
    auto next_own = own.begin();
    for (std::size_t place = 0; place < commands; ++place) {
        if (next_own != own.end() && next_own->place == place) {
            run_own(*next_own++, merged);
        } else {
            const std::size_t end = end_of_reply(reply);
            merged += reply.substr(0, end);
            reply.remove_prefix(end);
        }
    }
    settle(merged);
}

}  // namespace synod::rsm
