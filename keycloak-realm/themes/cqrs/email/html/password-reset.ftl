<#import "template.ftl" as mail>
<@mail.emailLayout heading=msg("passwordResetSubject")>
<@mail.paragraph text=msg("passwordResetHappened")/>
<@mail.section text=msg("cqrsToDo")/>
<@mail.paragraph text=msg("passwordResetToDo")/>
<@mail.button text=msg("passwordResetButton") href=link/>
<@mail.paragraph text=msg("cqrsLinkLife", linkExpirationFormatter(linkExpiration))/>
<@mail.paragraph text=msg("passwordResetOtherwise")/>
</@mail.emailLayout>
