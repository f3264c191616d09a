#include "synod/cli/server_command.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "synod/cli/server_configuration.hpp"
#include "synod/cli/text.hpp"
#include "synod/member/runtime_options.hpp"
#include "synod/node/options.hpp"
#include "synod/server/server.hpp"

namespace synod::cli {
namespace {

constexpr std::uint64_t kHistoryBytesMax = std::uint64_t{1} << 40;
constexpr std::size_t kOwnDescriptors = 64;  // that are no clients'

// How many clients the process may have, of those that are wanted: raises its limit of open files as far as
// it may.
std::size_t raise_clients_max(std::size_t wanted) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur =
        std::min<rlim_t>(limit.rlim_max, std::max<rlim_t>(limit.rlim_cur, wanted + kOwnDescriptors));
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    const std::size_t most =
        limit.rlim_cur > 2 * kOwnDescriptors ? limit.rlim_cur - kOwnDescriptors : limit.rlim_cur / 2;
    return std::min(wanted, most);
}

node::RuntimeOptions runtime_of(const ServerConfiguration& configuration, ServerId sid,
                                const ServerCommandOptions& given) {
    member::Configuration member = member_of(configuration, sid);
    member.run = given.run;
    member.history_bytes = given.history_bytes;
    node::RuntimeOptions runtime = member::runtime_options(member);
    runtime.leader = given.leader;
    return runtime;
}

server::Options options_of(const ServerConfiguration& configuration, const ServerEntry& self,
                           const ServerCommandOptions& given) {
    server::Options options;
    options.runtime = runtime_of(configuration, self.sid, given);
    for (const ServerEntry& server : configuration.servers)
        options.sids.push_back(server.sid);
    if (self.redis) options.listen.push_back(*self.redis);
    if (self.redis != self.address) options.listen.push_back(self.address);
    options.log = given.log;
    options.memory_bytes_max = given.memory_bytes_max;
    options.clients.clients_max = raise_clients_max(given.clients_max);
    return options;
}

}  // namespace

int server_command(const ServerCommandOptions& given) {
    if (given.history_bytes < node::kHistoryBytesMin)
        throw UsageError(fmt::format("--history: {} bytes is too little; at least {}", given.history_bytes,
                                     node::kHistoryBytesMin));
    if (given.history_bytes > kHistoryBytesMax)
        throw UsageError(fmt::format("--history: {} bytes is too much; at most {}", given.history_bytes,
                                     kHistoryBytesMax));
    const ServerConfiguration configuration = read_server_configuration(given.configuration);
    const ServerEntry& self = this_server(
        configuration,
        {given.sid ? given.sid->c_str() : nullptr, std::getenv("SYNOD_SID"), std::getenv("PAXOS_SID")});
    const server::Options options = options_of(configuration, self, given);
    std::signal(SIGPIPE, SIG_IGN);  // who reads what the server says may go, and the server stays
    const auto say = [&](const std::string& text) {
        const std::string line = fmt::format("server {}: {}\n", self.sid, text);
        std::fwrite(line.data(), 1, line.size(), stdout);
        std::fflush(stdout);
    };
    server::Server server(options, say);
    if (options.clients.clients_max < given.clients_max)
        say(fmt::format("the limit of open files leaves room for {} clients, not {}; raise it (ulimit -n)",
                        options.clients.clients_max, given.clients_max));
    say(fmt::format("one of {}; Redis clients connect to {}", options.sids.size(),
                    net::to_string(options.listen.front())));
    server.run();
    say("ends");
    return 0;
}

}  // namespace synod::cli
