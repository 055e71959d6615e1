# Completion of sactl for bash; `sactl completion bash` prints it. Put it where bash-completion looks, as
# ~/.local/share/bash-completion/completions/sactl, or source it from ~/.bashrc.
#
# The program reads the line itself, so that words with : and = and quotes are whole, and answers with candidates
# that are quoted where bash would look into them.

_sactl() {
    local directive="" candidate
    COMPREPLY=()
    while IFS= read -r candidate; do
        if [[ -z $directive ]]; then
            directive=$candidate
        else
            COMPREPLY+=("$candidate")
        fi
    done < <(SACTL_COMPLETE=bash command sactl -- "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" \
        "$COMP_TYPE" 2> /dev/null < /dev/null)
    case $directive in
        # The word goes on behind the candidate.
        open) compopt -o nospace 2> /dev/null || : ;;
        files*) compopt -o default 2> /dev/null || : ;;
        folders*) compopt -o dirnames 2> /dev/null || : ;;
    esac
    return 0
}

complete -o nosort -F _sactl sactl 2> /dev/null || complete -F _sactl sactl
