#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "synod/rsm/protocol.hpp"

namespace synod::rsm {

// Appends replies to a string, in the protocol that the client chose. RESP2 has no null, map, set or verbatim
// text: they become what Redis makes of them.
class ReplyWriter {
public:
    ReplyWriter(std::string& out, Protocol protocol) noexcept : out_(out), protocol_(protocol) {}

    void simple(std::string_view text);
    void ok() { out_.append("+OK\r\n"); }
    // With the code in front: "ERR syntax error". Ends of lines in it become spaces.
    void error(std::string_view text);
    void integer(std::int64_t value);
    void bulk(std::string_view bytes);
    void null();
    void null_array();
    void array(std::size_t size) { header('*', size); }
    // That many keys, each followed by its value.
    void map(std::size_t size);
    void set(std::size_t size);
    void verbatim(std::string_view text);

private:
    void header(char type, std::size_t size);
    [[nodiscard]] bool is_resp3() const noexcept { return protocol_ == Protocol::resp3; }

    std::string& out_;
    Protocol protocol_;
};

// Appends the replies as somebody who speaks RESP2 gets them. REQUIRES: they are what a ReplyWriter wrote in
// RESP3.
void append_in_resp2(std::string_view replies, std::string& out);

// Where the first reply in the bytes ends. REQUIRES: they are what a ReplyWriter wrote.
[[nodiscard]] std::size_t end_of_reply(std::string_view replies);

}  // namespace synod::rsm
