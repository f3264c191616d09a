#include "synod/cli/redis_reply.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "synod/cli/text.hpp"
#include "synod/rsm/number.hpp"

namespace synod::cli {
namespace {

constexpr std::uint64_t kElementsMax = 1 << 24;
constexpr std::uint64_t kBulkBytesMax = std::uint64_t{1} << 30;
constexpr unsigned kReplyDepthMax = 16;
constexpr std::string_view kEnd = "\r\n";

std::optional<RedisReply> take(std::string_view& bytes, unsigned depth);

std::optional<RedisReply> take_bulk(std::string_view& bytes, std::uint64_t size) {
    if (bytes.size() < size + kEnd.size()) return std::nullopt;
    RedisReply reply{RedisReply::Type::text, std::string(bytes.substr(0, size)), {}};
    bytes.remove_prefix(size + kEnd.size());
    return reply;
}

std::optional<RedisReply> take_array(std::string_view& bytes, std::uint64_t size, unsigned depth) {
    RedisReply reply{RedisReply::Type::array, {}, {}};
    for (; size > 0; --size) {
        auto element = take(bytes, depth + 1);
        if (!element) return std::nullopt;
        reply.elements.push_back(std::move(*element));
    }
    return reply;
}

std::optional<RedisReply> take(std::string_view& bytes, unsigned depth) {
    const std::size_t end = bytes.find(kEnd);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end + kEnd.size());
    const char kind = line.empty() ? '\0' : line.front();
    const std::string rest(line.substr(line.empty() ? 0 : 1));
    if (kind == '+') return RedisReply{RedisReply::Type::text, rest, {}};
    if (kind == '-') return RedisReply{RedisReply::Type::error, rest, {}};
    if (kind == ':' && rsm::parse_integer(rest)) return RedisReply{RedisReply::Type::integer, rest, {}};
    const auto size = parse_unsigned(rest, 0, kind == '*' ? kElementsMax : kBulkBytesMax);
    if ((kind == '$' || kind == '*') && rest == "-1") return RedisReply{};
    if (kind == '$' && size) return take_bulk(bytes, *size);
    if (kind == '*' && size && depth < kReplyDepthMax) return take_array(bytes, *size, depth);
    throw NoReply(fmt::format("{} is no reply of a server", shown(line)));
}

}  // namespace

std::optional<RedisReply> take_reply(std::string_view& bytes) {
    std::string_view rest = bytes;
    auto reply = take(rest, 0);
    if (reply) bytes = rest;
    return reply;
}

std::string text_of(const RedisReply& reply) {
    switch (reply.type) {
        case RedisReply::Type::nil:
            return "(nil)";
        case RedisReply::Type::error:
            return fmt::format("(error) {}", reply.text);
        case RedisReply::Type::array:
            break;
        case RedisReply::Type::text:
        case RedisReply::Type::integer:
            return reply.text;
    }
    if (reply.elements.empty()) return "(empty)";
    std::string text;
    for (const RedisReply& element : reply.elements) {
        text += text_of(element);
        text += '\n';
    }
    text.pop_back();
    return text;
}

nlohmann::ordered_json json_of(const RedisReply& reply) {
    switch (reply.type) {
        case RedisReply::Type::integer:
            return *rsm::parse_integer(reply.text);
        case RedisReply::Type::nil:
            return nullptr;
        case RedisReply::Type::array:
            break;
        case RedisReply::Type::text:
        case RedisReply::Type::error:
            return reply.text;
    }
    auto json = nlohmann::ordered_json::array();
    for (const RedisReply& element : reply.elements)
        json.push_back(json_of(element));
    return json;
}

std::string redis_request(const std::vector<std::string>& words) {
    std::string request = fmt::format("*{}\r\n", words.size());
    for (const std::string& word : words)
        request += fmt::format("${}\r\n{}\r\n", word.size(), word);
    return request;
}

}  // namespace synod::cli
