# Completion of sactl for fish; `sactl completion fish` prints it. Put it as sactl.fish into
# ~/.config/fish/completions.

function __sactl_complete
    set -l current (commandline --current-token --cut-at-cursor)
    set -l answer (SACTL_COMPLETE=fish command sactl -- \
        (commandline --current-process --tokenize --cut-at-cursor) "$current" 2>/dev/null </dev/null)
    test (count $answer) -gt 0; or return 0
    set -l directive (string split ' ' -- $answer[1])
    switch $directive[1]
        case files folders
            # What stands before the name of the file, such as --cacert=, stays before it.
            set -l before (string sub --length $directive[2] -- $current)
            set -l begun (string sub --start (math $directive[2] + 1) -- $current)
            set -l find __fish_complete_path
            test $directive[1] = folders; and set find __fish_complete_directories
            for found in ($find $begun)
                echo "$before$found"
            end
        case '*'
            test (count $answer) -gt 1; and printf '%s\n' $answer[2..-1]
    end
    return 0
end

complete --command sactl --no-files --keep-order --arguments '(__sactl_complete)'
