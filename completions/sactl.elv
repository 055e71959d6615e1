# Completion of sactl for Elvish; `sactl completion elvish` prints it. Put it as sactl.elv into
# ~/.config/elvish/lib, and add to ~/.config/elvish/rc.elv:  use sactl

use str

set edit:completion:arg-completer[sactl] = {|@words|
    var answer = []
    try {
        set answer = [(env SACTL_COMPLETE=elvish sactl -- $@words 2>/dev/null </dev/null | from-lines)]
    } catch e {
        set answer = []
    }
    if (> (count $answer) 0) {
        var directive = $answer[0]
        if (or (str:has-prefix $directive 'files') (str:has-prefix $directive 'folders')) {
            edit:complete-filename $@words
        } else {
            var suffix = ' '
            if (==s $directive 'open') {
                # The word goes on behind the candidate.
                set suffix = ''
            }
            for candidate $answer[1..] {
                var parts = [(str:split "\t" $candidate)]
                var display = $parts[0]
                if (> (count $parts) 1) {
                    set display = $parts[0]'  ('$parts[1]')'
                }
                edit:complex-candidate $parts[0] &code-suffix=$suffix &display=$display
            }
        }
    }
}
