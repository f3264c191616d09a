// libFuzzer: configurations of servers and clients. Whatever they are, they are read, or refused by a
// UsageError.

#include <cstddef>
#include <cstdint>

#include "synod/cli/server_configuration.hpp"
#include "synod/cli/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace synod::cli;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        parse_server_configuration(text, "file");
    } catch (const UsageError&) {
    }
    try {
        parse_client_configuration(text, "file");
    } catch (const UsageError&) {
    }
    return 0;
}
