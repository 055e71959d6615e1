# Completion of sactl for PowerShell; `sactl completion powershell` prints it. Save it and add to $PROFILE:
#     . ~/_sactl.ps1

Register-ArgumentCompleter -Native -CommandName sactl -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # Words are taken as they are written: nothing of the line is ever run. Each gets a =, so that none is empty.
    $words = @()
    $end = 0
    foreach ($element in $commandAst.CommandElements) {
        if ($element.Extent.StartOffset -ge $cursorPosition) { break }
        $end = $element.Extent.EndOffset
        if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
            $words += '=' + $element.Value
        } else {
            $words += '=' + $element.Extent.Text
        }
    }
    if ($end -lt $cursorPosition) { $words += '=' }

    $before = $env:SACTL_COMPLETE
    $env:SACTL_COMPLETE = 'powershell'
    try {
        $answer = @(& sactl '--' @words 2>$null)
    } catch {
        $answer = @()
    } finally {
        $env:SACTL_COMPLETE = $before
    }
    # Without an answer, PowerShell completes the name of a file, which is what is wanted then.
    if ($answer.Count -lt 2 -or $answer[0] -like 'f*') { return }

    $answer[1..($answer.Count - 1)] | ForEach-Object {
        $parts = $_.Split("`t")
        $value = $parts[0]
        $about = if ($parts.Length -gt 1) { $parts[1] } else { $value }
        # What PowerShell would take apart or carry out is put between quotes.
        $text = $value
        if ($value -notmatch '^[\w\-.:/=+%]+$') { $text = "'" + $value.Replace("'", "''") + "'" }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $about)
    }
}
