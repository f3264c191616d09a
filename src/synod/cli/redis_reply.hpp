#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace synod::cli {

// A reply of the Redis protocol (RESP2), as a client sees it.
struct RedisReply {
    enum class Type { text, error, integer, nil, array };
    Type type = Type::nil;
    std::string text;  // of a text, an error or an integer
    std::vector<RedisReply> elements;

    [[nodiscard]] bool is_error() const noexcept { return type == Type::error; }
};

// Bytes that are no reply.
struct NoReply : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Takes the first reply off the front of `bytes`. Nothing: it is not there whole yet. Throws NoReply.
std::optional<RedisReply> take_reply(std::string_view& bytes);

// For people: texts as they are, elements of arrays a line each.
std::string text_of(const RedisReply& reply);
nlohmann::ordered_json json_of(const RedisReply& reply);

// The words as a request.
std::string redis_request(const std::vector<std::string>& words);

}  // namespace synod::cli
