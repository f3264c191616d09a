#include <cstdio>
#include <exception>

#include "synod/cli/command_line.hpp"
#include "synod/cli/doctor_command.hpp"
#include "synod/cli/run_command.hpp"
#include "synod/cli/sim_command.hpp"
#include "synod/cli/text.hpp"

namespace {

using namespace synod::cli;

struct Execute {
    int operator()(const Quit& quit) const { return quit.status; }
    int operator()(const RoleOptions& options) const { return role_command(options); }
    int operator()(const CheckOptions& options) const { return check_command(options); }
    int operator()(const DoctorOptions& options) const { return doctor_command(options); }
    int operator()(const RunOptions& options) const { return run_command(options); }
    int operator()(const SimOptions& options) const { return sim_command(options); }
};

}  // namespace

int main(int argc, char** argv) {
    try {
        return std::visit(Execute{}, parse_command_line(argc, argv));
    } catch (const UsageError& error) {
        std::fprintf(stderr, "synod: %s\n", error.what());
        return 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "synod: %s\n", error.what());
        return 1;
    }
}
