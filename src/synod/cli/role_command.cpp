#include "synod/cli/role_command.hpp"

#include <fmt/format.h>

#include "synod/cli/configuration.hpp"
#include "synod/cli/text.hpp"
#include "synod/node/options.hpp"

namespace synod::cli {
namespace {

std::uint16_t id_of(const RoleOptions& given, unsigned acceptors) {
    const bool acceptor = given.role == Role::acceptor;
    const auto id = acceptor ? parse_unsigned(given.id, 1, acceptors) : parse_unsigned(given.id, 0, 65535);
    if (id) return static_cast<std::uint16_t>(*id);
    if (acceptor)
        throw UsageError(fmt::format("{} is no acceptor id: {} acceptors are configured; expected 1 to {}",
                                     shown(given.id), acceptors, acceptors));
    throw UsageError(
        fmt::format("{} is no {} id; expected 0 to 65535", shown(given.id), name_of(given.role)));
}

template <typename Target, typename Value>
void override_with(const std::optional<Value>& given, Target& target) {
    if (given) target = static_cast<Target>(*given);
}

void override_history(const RoleOptions& given, node::Options& options) {
    override_with(given.history_bytes, options.history_bytes);
    if (options.history_bytes < node::kHistoryBytesMin)
        throw UsageError(fmt::format("--history {}: expected a size of at least {} MiB",
                                     options.history_bytes, node::kHistoryBytesMin >> 20));
}

void override_configuration(const RoleOptions& given, node::Options& options) {
    override_with(given.loss, options.faults.loss);
    override_with(given.duplicate, options.faults.duplicate);
    override_with(given.reorder, options.faults.reorder);
    override_with(given.seed, options.faults.seed);
    override_with(given.batch, options.policy.batch_values);
    override_with(given.acceptors, options.acceptors);
    override_history(given, options);
    override_with(given.interface, options.interface);
    if (given.leader) options.leader.oracle = *parse_oracle(*given.leader);
    options.policy.direct_2b &= !given.no_direct_2b;
    options.policy.proactive_phase1 &= !given.no_proactive_phase1;
}

}  // namespace

int role_command(const RoleOptions& given) {
    node::Options options;
    read_configuration(given.configuration, options);
    override_configuration(given, options);
    options.role = given.role;
    options.id = id_of(given, options.acceptors);
    options.debug = given.debug;
    options.report_fd = given.report_fd;
    options.stamps_fd = given.stamps_fd;
    options.trace_file = given.trace_file;
    options.verify = given.verify;
    if (given.generate)
        options.generate = node::Generate{*given.generate, given.value_bytes, given.seconds,
                                          given.values_per_second, given.latency_from_seconds};
    else
        options.lines_per_second = given.values_per_second;
    return node::run_role(options);
}

}  // namespace synod::cli
