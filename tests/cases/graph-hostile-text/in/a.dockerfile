FROM a"];x[" AS "];click_f0s0_href_x
FROM ${X:-$(id)} AS <img/src=x>
FROM ##[error]x AS end
COPY --from=::add-mask::%%{init}%% /a\N&amp; /b
COPY --from=`fa:fa-car`$$\href{x}{y}$$ /a /b
COPY --from=#quot;#style:#1; /a /b
ADD https://x.org/"><script>|@octocat| /
